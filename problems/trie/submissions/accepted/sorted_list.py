# No trie at all: in a sorted list the words with a prefix stand right behind the place where the prefix would go.
class Trie:
    def __init__(self):
        self.words = []

    def insert(self, word):
        insort(self.words, word)

    def search(self, word):
        place = bisect_left(self.words, word)
        return self.words[place : place + 1] == [word]

    def starts_with(self, prefix):
        place = bisect_left(self.words, prefix)
        return place < len(self.words) and self.words[place].startswith(prefix)
