# Mistake: one lock for reading and one for writing; a read changes the same counts as a write.
import threading


class LFUCache:
    def __init__(self, capacity):
        self.capacity = capacity
        self.reading, self.writing = threading.Lock(), threading.Lock()
        self.values, self.counts = {}, {}
        self.shelves, self.smallest = defaultdict(OrderedDict), 0

    def get(self, key):
        with self.reading:
            if key not in self.values:
                return -1
            self.use(key)
            return self.values[key]

    def put(self, key, value):
        with self.writing:
            if self.capacity == 0:
                return
            if key in self.values:
                self.values[key] = value
                self.use(key)
                return
            if len(self.values) == self.capacity:
                self.evict()
            self.values[key], self.counts[key] = value, 1
            self.shelves[1][key] = None
            self.smallest = 1

    def evict(self):
        evicted, _ = self.shelves[self.smallest].popitem(last=False)
        del self.values[evicted]

    def use(self, key):
        count = self.counts[key]
        del self.shelves[count][key]
        if not self.shelves[self.smallest]:
            self.smallest += 1
        self.counts[key] = count + 1
        self.shelves[count + 1][key] = None
