# Mistake: composes accents. Well meant, but one character is then taken for two, or two for one.
from unicodedata import normalize


class Node:
    def __init__(self):
        self.children = {}
        self.is_word = False


class Trie:
    def __init__(self):
        self.root = Node()

    def insert(self, word):
        node = self.root
        for char in normalize("NFC", word):
            if char not in node.children:
                node.children[char] = Node()
            node = node.children[char]
        node.is_word = True

    def search(self, word):
        node = self._find(word)
        return node is not None and node.is_word

    def starts_with(self, prefix):
        return self._find(prefix) is not None

    def _find(self, prefix):
        node = self.root
        for char in normalize("NFC", prefix):
            if char not in node.children:
                return None
            node = node.children[char]
        return node
