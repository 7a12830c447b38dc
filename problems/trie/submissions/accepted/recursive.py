# Each letter a call of its own, as deep as the word is long. The slowest honest way, so limits come from it.
class Trie:
    def __init__(self):
        self.ends = False
        self.children = {}

    def insert(self, word, start=0):
        if start == len(word):
            self.ends = True
            return
        if word[start] not in self.children:
            self.children[word[start]] = Trie()
        self.children[word[start]].insert(word, start + 1)

    def search(self, word):
        node = self.descend(word, 0)
        return node.ends if node else False

    def starts_with(self, prefix):
        return bool(self.descend(prefix, 0))

    def descend(self, text, start):
        if start == len(text):
            return self
        child = self.children.get(text[start])
        return child.descend(text, start + 1) if child else None
