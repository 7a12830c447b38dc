# Mistake: "$" marks the end of a word, but may also be a character of one.
class Trie:
    def __init__(self):
        self.root = {}

    def insert(self, word):
        node = self.root
        for char in word + "$":
            node = node.setdefault(char, {})

    def search(self, word):
        return self.starts_with(word + "$")

    def starts_with(self, prefix):
        node = self.root
        for char in prefix:
            if char not in node:
                return False
            node = node[char]
        return True
