# Mistake: another plain cache.
class LFUCache:
    def __init__(self, capacity):
        self.capacity, self.clock = capacity, 0
        self.entries, self.heap = {}, []

    def get(self, key):
        if key not in self.entries:
            return -1
        value, count, _ = self.entries[key]
        self.note(key, value, count + 1)
        return value

    def put(self, key, value):
        if self.capacity == 0:
            return
        if key in self.entries:
            self.note(key, value, self.entries[key][1] + 1)
            return
        if len(self.entries) == self.capacity:
            self.evict()
        self.note(key, value, 1)

    def note(self, key, value, count):
        self.clock += 1
        self.entries[key] = value, count, self.clock
        heapq.heappush(self.heap, (count, self.clock, key))

    def evict(self):
        while True:
            count, moment, key = heapq.heappop(self.heap)
            if self.entries[key][2] == moment:
                del self.entries[key]
                return
