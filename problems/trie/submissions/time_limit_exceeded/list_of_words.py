# Too slow: `in` walks through the list; so does the loop over prefixes.
class Trie:
    def __init__(self):
        self.words = []

    def insert(self, word):
        if word not in self.words:
            self.words.append(word)

    def search(self, word):
        return word in self.words

    def starts_with(self, prefix):
        for word in self.words:
            if word[: len(prefix)] == prefix:
                return True
        return False
