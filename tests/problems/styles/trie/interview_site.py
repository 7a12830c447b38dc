# Runtime: beats most | Space: good enough
# Idea: nested hash maps, "end of word" is its own key so it can't clash with a char

class Trie:

    def __init__(self):
        self.trie = {}
        self.END = object()

    def insert(self, word: str) -> None:
        cur = self.trie
        for ch in word:
            cur = cur.setdefault(ch, {})
        cur[self.END] = True

    def search(self, word: str) -> bool:
        # print("search", word)
        cur = self.trie
        for ch in word:
            if ch not in cur: return False
            cur = cur[ch]
        return self.END in cur

    def startsWith(self, prefix: str) -> bool:
        cur = self.trie
        for ch in prefix:
            if ch not in cur: return False
            cur = cur[ch]
        return True


# Your Trie object will be instantiated and called as such:
# obj = Trie()
# obj.insert(word)
# param_2 = obj.search(word)
# param_3 = obj.startsWith(prefix)
