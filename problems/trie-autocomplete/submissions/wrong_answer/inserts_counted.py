# Mistake: counts how often a word was inserted, and forgets the frequency that came with it.
class Trie:
    def __init__(self):
        self.total = defaultdict(int)
        self.best = defaultdict(list)

    def insert(self, word, frequency):
        before = (-self.total[word], word)
        self.total[word] += 1
        for end in range(len(word) + 1):
            best = self.best[word[:end]]
            if before in best:
                best.remove(before)
            insort(best, (-self.total[word], word))
            del best[10:]

    def autocomplete(self, prefix, k):
        return [word for _, word in self.best[prefix][:k]]
