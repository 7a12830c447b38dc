import heapq


class Trie:
    def __init__(self):
        self.child = [{}]
        self.freq = [0]
        self.peak = [0]

    def insert(self, word, frequency=1):
        node, path = 0, [0]
        for char in word:
            if char not in self.child[node]:
                self.child[node][char] = len(self.child)
                self.child.append({})
                self.freq.append(0)
                self.peak.append(0)
            node = self.child[node][char]
            path.append(node)
        self.freq[node] += frequency
        for step in path:
            if self.freq[node] > self.peak[step]:
                self.peak[step] = self.freq[node]

    def autocomplete(self, prefix, k):
        node = 0
        for char in prefix:
            node = self.child[node].get(char, -1)
            if node == -1:
                return ()
        result = []
        queue = [(-self.peak[node], prefix, node)]
        while queue and len(result) < k:
            weight, text, node = heapq.heappop(queue)
            if node < 0:
                result.append(text)
                continue
            if self.freq[node] > 0:
                heapq.heappush(queue, (-self.freq[node], text, -1))
            for char in self.child[node]:
                below = self.child[node][char]
                heapq.heappush(queue, (-self.peak[below], text + char, below))
        return result
