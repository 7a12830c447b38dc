import heapq


class LFUCache:
    """A heap with stale entries; the search for one that is up to date is recursive."""

    def __init__(self, capacity):
        self.capacity, self.tick, self.data, self.heap = capacity, 0, {}, []

    def _touch(self, key, value, uses):
        self.tick += 1
        self.data[key] = (value, uses, self.tick)
        heapq.heappush(self.heap, (uses, self.tick, key))

    def _drop(self):
        uses, tick, key = heapq.heappop(self.heap)
        if self.data.get(key, (0, 0, 0))[1:] == (uses, tick):
            del self.data[key]
        else:
            self._drop()

    def get(self, key):
        if key not in self.data:
            return -1
        value, uses, _ = self.data[key]
        self._touch(key, value, uses + 1)
        return value

    def put(self, key, value):
        if self.capacity < 1:
            return
        uses = self.data[key][1] if key in self.data else 0
        if not uses and len(self.data) >= self.capacity:
            self._drop()
        self._touch(key, value, uses + 1)
