# Mistake: reverse=True turns the alphabet round along with the frequencies.
class Node:
    def __init__(self):
        self.children = {}
        self.best = []

    def rank(self, before, now):
        if before in self.best:
            self.best.remove(before)
        self.best.append(now)
        self.best.sort(reverse=True)
        del self.best[10:]


class Trie:
    def __init__(self):
        self.root = Node()
        self.total = Counter()

    def insert(self, word, frequency):
        before = (self.total[word], word)
        self.total[word] += frequency
        now = (self.total[word], word)
        node = self.root
        node.rank(before, now)
        for char in word:
            if char not in node.children:
                node.children[char] = Node()
            node = node.children[char]
            node.rank(before, now)

    def autocomplete(self, prefix, k):
        node = self.root
        for char in prefix:
            if char not in node.children:
                return []
            node = node.children[char]
        return [word for _, word in node.best[:k]]
