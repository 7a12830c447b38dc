# Dictionaries in dictionaries, camelCase. No character is the empty string, so it can mark where a word ends.
class Trie:
    def __init__(self):
        self.root = {}

    def insert(self, word: str) -> None:
        node = self.root
        for char in [*word, ""]:
            node = node.setdefault(char, {})

    def search(self, word: str) -> bool:
        return self.startsWith([*word, ""])

    def startsWith(self, prefix: str) -> bool:
        node = self.root
        for char in prefix:
            if char not in node:
                return False
            node = node[char]
        return True
