# Mistake: folds every character into one of 26 places, where different ones meet.
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
            place = (ord(char) - ord("a")) % 26
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
            node = node.children[(ord(char) - ord("a")) % 26]
            if node is None:
                return None
        return node
