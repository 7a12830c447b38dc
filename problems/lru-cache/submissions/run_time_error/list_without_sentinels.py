# Mistake: evicting the only node (capacity 1) leaves no head, whose prev is set all the same.
class Node:
    def __init__(self, key, value):
        self.key, self.value = key, value
        self.prev = self.next = None


class LRUCache:
    def __init__(self, capacity):
        self.capacity = capacity
        self.nodes = {}
        self.head = self.tail = None

    def _append(self, node):
        node.prev, node.next = self.tail, None
        if self.tail is None:
            self.head = node
        else:
            self.tail.next = node
        self.tail = node

    def _refresh(self, node):
        if node is self.tail:
            return
        if node is self.head:
            self.head = node.next
        else:
            node.prev.next = node.next
        node.next.prev = node.prev
        self._append(node)

    def get(self, key):
        if key not in self.nodes:
            return -1
        self._refresh(self.nodes[key])
        return self.nodes[key].value

    def put(self, key, value):
        if key in self.nodes:
            self.nodes[key].value = value
            self._refresh(self.nodes[key])
            return
        if len(self.nodes) == self.capacity:
            del self.nodes[self.head.key]
            self.head = self.head.next
            self.head.prev = None
        self.nodes[key] = Node(key, value)
        self._append(self.nodes[key])
