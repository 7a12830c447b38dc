# Too slow: holds every word there is against the prefix.
class Trie:
    def __init__(self):
        self.total = Counter()

    def insert(self, word, frequency):
        self.total[word] += frequency

    def autocomplete(self, prefix, k):
        matches = [word for word in self.total if word.startswith(prefix)]
        return sorted(matches, key=lambda word: (-self.total[word], word))[:k]
