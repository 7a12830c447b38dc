from collections import deque


class LRUCache:
    """Every use is noted in a queue; what is out of date there is skipped, by a recursion, when room is needed."""

    def __init__(self, capacity):
        self.capacity, self.values, self.noted, self.queue = capacity, {}, {}, deque()

    def _note(self, key):
        self.noted[key] = self.noted.get(key, 0) + 1
        self.queue.append(key)

    def _evict(self):
        key = self.queue.popleft()
        self.noted[key] -= 1
        if self.noted[key]:
            return self._evict()
        return self.values.pop(key)

    def get(self, key):
        if key not in self.values:
            return -1
        self._note(key)
        return self.values[key]

    def put(self, key, value):
        if key not in self.values and len(self.values) == self.capacity:
            self._evict()
        self.values[key] = value
        self._note(key)
