from collections import OrderedDict, defaultdict


class LFUCache:
    def __init__(self, capacity):
        self.cap = capacity
        self.key_to = {}
        self.freqs = defaultdict(OrderedDict)
        self.low = 0

    def _bump(self, key):
        value, freq = self.key_to[key]
        self.freqs[freq].pop(key)
        while self.freqs and not self.freqs.get(self.low):
            self.freqs.pop(self.low, None)
            self.low += 1
            if self.low > freq + 1:
                break
        self.key_to[key] = value, freq + 1
        self.freqs[freq + 1][key] = True
        self.low = min(self.low, freq + 1)

    def get(self, key):
        if key not in self.key_to:
            return -1
        self._bump(key)
        return self.key_to[key][0]

    def put(self, key, value):
        if not self.cap:
            return
        if key in self.key_to:
            self.key_to[key] = value, self.key_to[key][1]
            self._bump(key)
            return
        if len(self.key_to) >= self.cap:
            old, _ = self.freqs[self.low].popitem(last=False)
            self.key_to.pop(old)
        self.key_to[key] = value, 1
        self.freqs[1][key] = True
        self.low = 1
