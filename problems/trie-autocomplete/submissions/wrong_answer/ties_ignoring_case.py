# Mistake: sorts as a dictionary does, where Zoo comes behind ant.
class Trie:
    def __init__(self):
        self.total = defaultdict(int)
        self.best = defaultdict(list)

    def insert(self, word, frequency):
        before = (-self.total[word], word.lower(), word)
        self.total[word] += frequency
        for end in range(len(word) + 1):
            best = self.best[word[:end]]
            if before in best:
                best.remove(before)
            insort(best, (-self.total[word], word.lower(), word))
            del best[10:]

    def autocomplete(self, prefix, k):
        return [word for _, _, word in self.best[prefix][:k]]
