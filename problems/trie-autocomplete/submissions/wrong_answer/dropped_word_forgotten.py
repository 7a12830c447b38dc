# Mistake: frequencies are kept in the lists only. A word that falls out of one starts again from nothing.
class Trie:
    def __init__(self):
        self.best = defaultdict(dict)

    def insert(self, word, frequency):
        for end in range(len(word) + 1):
            best = self.best[word[:end]]
            best[word] = best.get(word, 0) + frequency
            if len(best) > 10:
                del best[max(best, key=lambda word: (-best[word], word))]

    def autocomplete(self, prefix, k):
        best = self.best.get(prefix, {})
        return sorted(best, key=lambda word: (-best[word], word))[:k]
