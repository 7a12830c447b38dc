# 460. LFU Cache
# Time:  O(1), per operation
# Space: O(k), k is the capacity of cache
import collections


class LFUCache(object):

    def __init__(self, capacity):
        """
        :type capacity: int
        """
        self.capa = capacity
        self.size = 0
        self.minfreq = 0
        self.keyfreq = {}
        self.freqkeys = collections.defaultdict(collections.OrderedDict)

    def get(self, key):
        """
        :type key: int
        :rtype: int
        """
        if key not in self.keyfreq:
            return -1
        freq = self.keyfreq[key]
        val = self.freqkeys[freq].pop(key)
        if not self.freqkeys[freq]:
            if freq == self.minfreq:
                self.minfreq += 1
            del self.freqkeys[freq]
        self.keyfreq[key] = freq + 1
        self.freqkeys[freq + 1][key] = val
        return val

    def put(self, key, value):
        """
        :type key: int
        :type value: int
        :rtype: void
        """
        if self.capa <= 0:
            return
        if self.get(key) != -1 or key in self.keyfreq:
            self.freqkeys[self.keyfreq[key]][key] = value
            return
        if self.size == self.capa:
            delkey, _ = self.freqkeys[self.minfreq].popitem(last=False)
            del self.keyfreq[delkey]
            self.size -= 1
        self.minfreq = 1
        self.keyfreq[key] = 1
        self.freqkeys[1][key] = value
        self.size += 1


# Your LFUCache object will be instantiated and called as such:
# obj = LFUCache(capacity)
# param_1 = obj.get(key)
# obj.put(key,value)
