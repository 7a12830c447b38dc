# Mistake: takes the first k words by alphabet, and sorts only those by frequency.
class Node:
    def __init__(self):
        self.children = {}
        self.frequency = 0


class Trie:
    def __init__(self):
        self.root = Node()

    def insert(self, word, frequency):
        path = [self.root]
        for char in word:
            path.append(path[-1].children.setdefault(char, Node()))
        path[-1].frequency += frequency

    def autocomplete(self, prefix, k):
        node = self.root
        for char in prefix:
            if char not in node.children:
                return []
            node = node.children[char]
        stack, words = [(prefix, node)], []
        while stack and len(words) < k:
            text, node = stack.pop()
            if node.frequency:
                words.append((-node.frequency, text))
            for char in sorted(node.children, reverse=True):
                stack.append((text + char, node.children[char]))
        return [text for _, text in sorted(words)]
