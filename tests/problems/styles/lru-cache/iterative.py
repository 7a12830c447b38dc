class LRUCache:
    def __init__(self, capacity):
        self.capacity = capacity
        self.data = {}

    def get(self, key):
        if key in self.data:
            value = self.data.pop(key)
            self.data[key] = value
            return value
        return -1

    def put(self, key, value):
        self.data.pop(key, None)
        self.data[key] = value
        while len(self.data) > self.capacity:
            for oldest in self.data:
                break
            del self.data[oldest]
