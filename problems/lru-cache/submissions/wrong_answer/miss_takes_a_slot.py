# Mistake: looking up a missing key in a defaultdict adds it, and it pushes out real entries.
from collections import defaultdict


class LRUCache:
    def __init__(self, capacity: int):
        self.capacity = capacity
        self.data = defaultdict(lambda: -1)

    def get(self, key: int) -> int:
        value = self.data[key]
        self.put(key, value)
        return value

    def put(self, key: int, value: int) -> None:
        self.data.pop(key, None)
        self.data[key] = value
        if len(self.data) > self.capacity:
            del self.data[next(iter(self.data))]
