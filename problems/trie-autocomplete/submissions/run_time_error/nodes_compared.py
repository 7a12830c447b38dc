# Mistake: of two equally good entries the heap wants to know which node is the smaller one: TypeError.
class Node:
    def __init__(self):
        self.children = {}
        self.frequency = self.best = 0


class Trie:
    def __init__(self):
        self.root = Node()

    def insert(self, word, frequency):
        path = [self.root]
        for char in word:
            path.append(path[-1].children.setdefault(char, Node()))
        path[-1].frequency += frequency
        for node in path:
            node.best = max(node.best, path[-1].frequency)

    def autocomplete(self, prefix, k):
        node = self.root
        for char in prefix:
            if char not in node.children:
                return []
            node = node.children[char]
        heap, words = [self._entry(prefix, node)], []
        while heap and len(words) < k:
            _, node, text = heappop(heap)
            if node is None:
                words.append(text)
                continue
            if node.frequency:
                heappush(heap, (-node.frequency, None, text))
            for char, child in node.children.items():
                heappush(heap, self._entry(text + char, child))
        return words

    def _entry(self, text, node):
        return -node.best, node, text
