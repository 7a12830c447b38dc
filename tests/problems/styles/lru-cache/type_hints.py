from collections import OrderedDict
from typing import Final


class LRUCache:
    MISSING: Final[int] = -1

    def __init__(self, capacity: int) -> None:
        self._capacity: int = capacity
        self._entries: OrderedDict[int, int] = OrderedDict()

    def get(self, key: int) -> int:
        try:
            self._entries.move_to_end(key)
        except KeyError:
            return self.MISSING
        return self._entries[key]

    def put(self, key: int, value: int) -> None:
        self._entries[key] = value
        self._entries.move_to_end(key)
        if len(self._entries) > self._capacity:
            self._entries.popitem(last=False)
