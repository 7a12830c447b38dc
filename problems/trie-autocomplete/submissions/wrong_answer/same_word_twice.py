# Mistake: the entry with the old frequency stays in the list beside the new one.
class Trie:
    def __init__(self):
        self.total = defaultdict(int)
        self.best = defaultdict(list)

    def insert(self, word, frequency):
        self.total[word] += frequency
        for end in range(len(word) + 1):
            best = self.best[word[:end]]
            insort(best, (-self.total[word], word))
            del best[10:]

    def autocomplete(self, prefix, k):
        return [word for _, word in self.best[prefix][:k]]
