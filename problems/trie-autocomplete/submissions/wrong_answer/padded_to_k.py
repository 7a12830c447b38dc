# Mistake: fills the list up until there are k.
class Trie:
    def __init__(self):
        self.total = defaultdict(int)
        self.best = defaultdict(list)

    def insert(self, word, frequency):
        before = (-self.total[word], word)
        self.total[word] += frequency
        for end in range(len(word) + 1):
            best = self.best[word[:end]]
            if before in best:
                best.remove(before)
            insort(best, (-self.total[word], word))
            del best[10:]

    def autocomplete(self, prefix, k):
        words = [word for _, word in self.best[prefix][:k]]
        return words + [""] * (k - len(words))
