# Too slow: looks up by bisection, but sorts again whenever a word has been added since.
class Trie:
    def __init__(self):
        self.words = set()
        self.ordered = []

    def insert(self, word):
        self.words.add(word)
        self.ordered = []

    def search(self, word):
        return word in self.words

    def starts_with(self, prefix):
        if not self.ordered:
            self.ordered = sorted(self.words)
        place = bisect_left(self.ordered, prefix)
        return place < len(self.ordered) and self.ordered[place].startswith(prefix)
