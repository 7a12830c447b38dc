# Every node keeps the ten best words that go through it; an insert mends the lists of all nodes on its way.
class Node:
    __slots__ = ("best", "children")

    def __init__(self) -> None:
        self.children: dict[str, "Node"] = {}
        self.best: list[tuple[int, str]] = []

    def rank(self, before: tuple[int, str], now: tuple[int, str]) -> None:
        if before in self.best:
            self.best.remove(before)
        self.best.append(now)
        self.best.sort()
        del self.best[10:]


class Trie:
    def __init__(self) -> None:
        self.root = Node()
        self.total: dict[str, int] = Counter()

    def insert(self, word: str, frequency: int) -> None:
        before = (-self.total[word], word)
        self.total[word] += frequency
        now = (-self.total[word], word)
        node = self.root
        node.rank(before, now)
        for char in word:
            if char not in node.children:
                node.children[char] = Node()
            node = node.children[char]
            node.rank(before, now)

    def autocomplete(self, prefix: str, k: int) -> list[str]:
        node = self.root
        for char in prefix:
            if char not in node.children:
                return []
            node = node.children[char]
        return [word for _, word in node.best[:k]]
