# Mistake: only the ten best words of all are kept, and prefixes have to be content with those.
class Trie:
    def __init__(self):
        self.total = Counter()
        self.best = []

    def insert(self, word, frequency):
        self.total[word] += frequency
        if word not in self.best:
            self.best.append(word)
        self.best.sort(key=lambda word: (-self.total[word], word))
        del self.best[10:]

    def autocomplete(self, prefix, k):
        return [word for word in self.best if word.startswith(prefix)][:k]
