# Too slow: looks through all entries for each eviction.
class LFUCache:
    def __init__(self, capacity):
        self.capacity = capacity
        self.values, self.counts = {}, {}
        self.last, self.clock = {}, 0

    def get(self, key):
        if key not in self.values:
            return -1
        self.use(key)
        return self.values[key]

    def put(self, key, value):
        if self.capacity == 0:
            return
        if key in self.values:
            self.values[key] = value
            self.use(key)
            return
        if len(self.values) == self.capacity:
            evicted = min(self.values, key=lambda one: (self.counts[one], self.last[one]))
            del self.values[evicted]
            del self.counts[evicted]
        self.values[key], self.counts[key] = value, 1
        self.note(key)

    def use(self, key):
        self.counts[key] += 1
        self.note(key)

    def note(self, key):
        self.clock += 1
        self.last[key] = self.clock
