# Mistake: an evicted node leaves the list but stays in the map, and get still finds it.
class Node:
    __slots__ = ("key", "next", "prev", "value")

    def __init__(self, key: int = 0, value: int = 0):
        self.key = key
        self.value = value
        self.prev: Optional["Node"] = None
        self.next: Optional["Node"] = None


class LRUCache:
    def __init__(self, capacity: int):
        self.capacity = capacity
        self.size = 0
        self.nodes: Dict[int, Node] = {}
        self.oldest = Node()
        self.newest = Node()
        self.oldest.next = self.newest
        self.newest.prev = self.oldest

    def _unlink(self, node: Node) -> None:
        node.prev.next = node.next
        node.next.prev = node.prev

    def _append(self, node: Node) -> None:
        last = self.newest.prev
        last.next = node
        node.prev = last
        node.next = self.newest
        self.newest.prev = node

    def get(self, key: int) -> int:
        node = self.nodes.get(key)
        if node is None:
            return -1
        self._unlink(node)
        self._append(node)
        return node.value

    def put(self, key: int, value: int) -> None:
        node = self.nodes.get(key)
        if node is not None:
            node.value = value
            self._unlink(node)
            self._append(node)
            return
        if self.size == self.capacity:
            self._unlink(self.oldest.next)
        else:
            self.size += 1
        node = self.nodes[key] = Node(key, value)
        self._append(node)
