# Mistake: 26 places for the letters from a to z, and everything else is out of range.
class Node:
    def __init__(self):
        self.children = [None] * 26
        self.is_word = False


class Trie:
    def __init__(self):
        self.root = Node()

    def insert(self, word):
        node = self.root
        for char in word:
            place = string.ascii_lowercase.index(char)
            if node.children[place] is None:
                node.children[place] = Node()
            node = node.children[place]
        node.is_word = True

    def search(self, word):
        node = self._find(word)
        return node is not None and node.is_word

    def starts_with(self, prefix):
        return self._find(prefix) is not None

    def _find(self, prefix):
        node = self.root
        for char in prefix:
            node = node.children[string.ascii_lowercase.index(char)]
            if node is None:
                return None
        return node
