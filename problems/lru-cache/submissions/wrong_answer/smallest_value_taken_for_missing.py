# Mistake: the mark for "not there" is a value that may well be stored.
from collections import OrderedDict

MISSING = -(10**9)


class LRUCache:
    def __init__(self, capacity: int):
        self.capacity = capacity
        self.cache = OrderedDict()

    def get(self, key: int) -> int:
        value = self.cache.get(key, MISSING)
        if value == MISSING:
            return -1
        self.cache.move_to_end(key)
        return value

    def put(self, key: int, value: int) -> None:
        self.cache[key] = value
        self.cache.move_to_end(key)
        if len(self.cache) > self.capacity:
            self.cache.popitem(last=False)
