# Too slow: every eviction looks through all time stamps for the smallest, O(capacity).
class LRUCache:
    def __init__(self, capacity: int):
        self.capacity = capacity
        self.clock = 0
        self.values = {}
        self.used_at = {}

    def _touch(self, key: int) -> None:
        self.clock += 1
        self.used_at[key] = self.clock

    def get(self, key: int) -> int:
        if key not in self.values:
            return -1
        self._touch(key)
        return self.values[key]

    def put(self, key: int, value: int) -> None:
        if key not in self.values and len(self.values) == self.capacity:
            oldest = min(self.used_at, key=self.used_at.get)
            del self.values[oldest], self.used_at[oldest]
        self.values[key] = value
        self._touch(key)
