class Node:
    __slots__ = ("key", "value", "prev", "next")

    def __init__(self, key=0, value=0):
        self.key, self.value, self.prev, self.next = key, value, None, None


class LRUCache:
    def __init__(self, capacity):
        self.capacity, self.map = capacity, {}
        self.head, self.tail = Node(), Node()
        self.head.next, self.tail.prev = self.tail, self.head

    def _remove(self, n):
        n.prev.next, n.next.prev = n.next, n.prev

    def _add(self, n):
        p = self.tail.prev
        p.next = self.tail.prev = n
        n.prev, n.next = p, self.tail

    def get(self, key):
        n = self.map.get(key)
        if n is None:
            return -1
        self._remove(n)
        self._add(n)
        return n.value

    def put(self, key, value):
        n = self.map.get(key)
        if n is not None:
            n.value = value
            self._remove(n)
            self._add(n)
            return
        if len(self.map) >= self.capacity:
            o = self.head.next
            self._remove(o)
            del self.map[o.key]
        n = Node(key, value)
        self.map[key] = n
        self._add(n)
