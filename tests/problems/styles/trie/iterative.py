from collections import defaultdict


def tree():
    return defaultdict(tree)


class Trie:
    def __init__(self):
        self.root = tree()
        self.words = set()

    def insert(self, word):
        self.words.add(word)
        node = self.root
        for char in word:
            node = node[char]

    def search(self, word):
        return word in self.words

    def starts_with(self, prefix):
        node = self.root
        for char in prefix:
            if char in node:
                node = node[char]
            else:
                return False
        return True
