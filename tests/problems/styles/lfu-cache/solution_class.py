class Node:
    def __init__(self, key=0, val=0):
        self.key, self.val, self.freq = key, val, 1
        self.prev = self.next = None


class DLL:
    def __init__(self):
        self.head, self.tail, self.size = Node(), Node(), 0
        self.head.next, self.tail.prev = self.tail, self.head

    def add(self, node):
        node.prev, node.next = self.head, self.head.next
        self.head.next.prev = node
        self.head.next = node
        self.size += 1

    def remove(self, node):
        node.prev.next, node.next.prev = node.next, node.prev
        self.size -= 1

    def removeLast(self):
        last = self.tail.prev
        self.remove(last)
        return last


class LFUCache(object):
    def __init__(self, capacity):
        self.cap = capacity
        self.nodes, self.lists, self.minFreq = {}, collections.defaultdict(DLL), 0

    def update(self, node):
        self.lists[node.freq].remove(node)
        if node.freq == self.minFreq and self.lists[node.freq].size == 0:
            self.minFreq += 1
        node.freq += 1
        self.lists[node.freq].add(node)

    def get(self, key):
        if key not in self.nodes:
            return -1
        node = self.nodes[key]
        self.update(node)
        return node.val

    def put(self, key, value):
        if self.cap == 0:
            return
        if key in self.nodes:
            node = self.nodes[key]
            node.val = value
            self.update(node)
        else:
            if len(self.nodes) == self.cap:
                old = self.lists[self.minFreq].removeLast()
                del self.nodes[old.key]
            node = Node(key, value)
            self.nodes[key] = node
            self.lists[1].add(node)
            self.minFreq = 1
