# class Trie:
#     def __init__(self):
#     def insert(self, word: str, frequency: int = 1) -> None:
#     def autocomplete(self, prefix: str, k: int) -> List[str]:

# Approach 1 (TLE): dfs below the prefix node, then sort -> O(m log m) per call
# Approach 2: every node stores max freq of its subtree, best-first search with a heap

class TrieNode:
    def __init__(self):
        self.children = defaultdict(TrieNode)
        self.freq = 0     # > 0 <=> end of word
        self.max_freq = 0

class Trie:

    def __init__(self):
        self.root = TrieNode()

    def insert(self, word: str, frequency: int = 1) -> None:
        node = self.root
        nodes = [node]
        for ch in word:
            node = node.children[ch]
            nodes.append(node)
        node.freq += frequency
        for n in nodes:
            n.max_freq = max(n.max_freq, node.freq)

    def autocomplete(self, prefix: str, k: int) -> List[str]:
        node = self.root
        for ch in prefix:
            if ch not in node.children: return []
            node = node.children[ch]

        ans: List[str] = []
        tie = itertools.count()   # never compare TrieNodes!
        pq = [(-node.max_freq, prefix, next(tie), node)]
        while pq and len(ans) < k:
            _, s, _, cur = heappop(pq)
            if cur is None:
                ans.append(s)
                continue
            # print(s, cur.max_freq)
            if cur.freq > 0: heappush(pq, (-cur.freq, s, next(tie), None))
            for ch, nxt in cur.children.items():
                heappush(pq, (-nxt.max_freq, s + ch, next(tie), nxt))
        return ans

# t = Trie()
# t.insert("car", 5)
# print(t.autocomplete("ca", 2))
