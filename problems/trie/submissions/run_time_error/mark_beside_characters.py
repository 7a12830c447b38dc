# Mistake: a True under "#" marks the end of a word; a word with # in it walks into that and finds no dictionary.
class Trie:
    def __init__(self):
        self.root = {}

    def insert(self, word):
        node = self.root
        for char in word:
            node = node.setdefault(char, {})
        node["#"] = True

    def _find(self, prefix):
        node = self.root
        for char in prefix:
            if char not in node:
                return {}
            node = node[char]
        return node

    def search(self, word):
        return "#" in self._find(word)

    def starts_with(self, prefix):
        return bool(self._find(prefix))
