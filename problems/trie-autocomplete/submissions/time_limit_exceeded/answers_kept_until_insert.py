# Too slow: remembers its answers, but each insert makes them worthless.
class Trie:
    def __init__(self):
        self.total = Counter()
        self.answers = {}

    def insert(self, word, frequency):
        self.total[word] += frequency
        self.answers.clear()

    def autocomplete(self, prefix, k):
        if prefix not in self.answers:
            matches = [word for word in self.total if word.startswith(prefix)]
            self.answers[prefix] = sorted(matches, key=lambda word: (-self.total[word], word))
        return self.answers[prefix][:k]
