# Mistake: a full list takes in only what is more frequent than its last, never a tie that comes first by alphabet.
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
            if len(best) == 10 and self.total[word] <= -best[-1][0]:
                continue
            insort(best, (-self.total[word], word))
            del best[10:]

    def autocomplete(self, prefix, k):
        return [word for _, word in self.best[prefix][:k]]
