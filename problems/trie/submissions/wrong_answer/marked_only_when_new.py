# Mistake: marks the end only where it makes a node; a word inside a longer one finds all its nodes made.
class Node:
    def __init__(self):
        self.children = {}
        self.is_word = False


class Trie:
    def __init__(self):
        self.root = Node()

    def insert(self, word):
        node = self.root
        for i, char in enumerate(word):
            if char not in node.children:
                node.children[char] = Node()
                node.children[char].is_word = i == len(word) - 1
            node = node.children[char]

    def search(self, word):
        node = self._find(word)
        return node is not None and node.is_word

    def starts_with(self, prefix):
        return self._find(prefix) is not None

    def _find(self, prefix):
        node = self.root
        for char in prefix:
            if char not in node.children:
                return None
            node = node.children[char]
        return node
