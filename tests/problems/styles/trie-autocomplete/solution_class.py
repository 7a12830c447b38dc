class TrieNode(object):
    def __init__(self):
        self.children = {}
        self.topWords = []

class Trie(object):

    def __init__(self):
        self.root = TrieNode()
        self.counts = {}

    def insert(self, word, frequency=1):
        """
        :type word: str
        :type frequency: int
        :rtype: None
        """
        self.counts[word] = self.counts.get(word, 0) + frequency
        node = self.root
        self.update(node, word)
        for c in word:
            if c not in node.children:
                node.children[c] = TrieNode()
            node = node.children[c]
            self.update(node, word)

    def update(self, node, word):
        if word not in node.topWords:
            node.topWords.append(word)
        node.topWords.sort(key=lambda w: (-self.counts[w], w))
        if len(node.topWords) > 10:
            node.topWords.pop()

    def autoComplete(self, prefix, k):
        """
        :type prefix: str
        :type k: int
        :rtype: List[str]
        """
        node = self.root
        for c in prefix:
            if c not in node.children:
                return []
            node = node.children[c]
        return node.topWords[:k]
