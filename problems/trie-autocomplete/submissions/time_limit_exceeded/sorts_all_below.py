# Too slow: collects every word below the prefix and sorts them all, for ten of them.
class Node:
    def __init__(self):
        self.children = {}
        self.frequency = 0


class Trie:
    def __init__(self):
        self.root = Node()

    def insert(self, word, frequency):
        node = self.root
        for char in word:
            node = node.children.setdefault(char, Node())
        node.frequency += frequency

    def autocomplete(self, prefix, k):
        node = self.root
        for char in prefix:
            if char not in node.children:
                return []
            node = node.children[char]
        found = []
        self._collect(node, prefix, found)
        return [word for _, word in sorted(found)[:k]]

    def _collect(self, node, text, found):
        if node.frequency:
            found.append((-node.frequency, text))
        for char, child in node.children.items():
            self._collect(child, text + char, found)
