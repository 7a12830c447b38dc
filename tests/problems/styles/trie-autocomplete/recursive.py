class Trie:
    """Each node is a trie of its own and keeps the best ten (negative total, word) of its subtree."""

    def __init__(self):
        self.children = {}
        self.total = 0
        self.top = []

    def insert(self, word, frequency=1):
        self._add(word, 0, frequency)

    def _add(self, word, depth, frequency):
        if depth == len(word):
            self.total += frequency
            total = self.total
        else:
            total = self.children.setdefault(word[depth], Trie())._add(word, depth + 1, frequency)
        others = [entry for entry in self.top if entry[1] != word]
        self.top = sorted(others + [(-total, word)])[:10]
        return total

    def autocomplete(self, prefix, k, depth=0):
        if depth < len(prefix):
            child = self.children.get(prefix[depth])
            return child.autocomplete(prefix, k, depth + 1) if child else []
        return [word for _, word in self.top[:k]]
