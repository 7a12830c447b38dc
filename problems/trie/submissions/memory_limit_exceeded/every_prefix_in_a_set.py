# Too hungry: all prefixes of a word together are half as long as the square of its length.
class Trie:
    def __init__(self):
        self.words = set()
        self.prefixes = set()

    def insert(self, word):
        self.words.add(word)
        self.prefixes.update(word[:end] for end in range(len(word) + 1))

    def search(self, word):
        return word in self.words

    def starts_with(self, prefix):
        return prefix in self.prefixes
