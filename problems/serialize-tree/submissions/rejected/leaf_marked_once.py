# Mistake: one mark for a node without children, none for one missing child of two.
class Codec:
    def serialize(self, root):
        words = []

        def write(node):
            words.append(str(node.val))
            if node.left is None and node.right is None:
                words.append("#")
            for child in (node.left, node.right):
                if child:
                    write(child)

        if root:
            write(root)
        return " ".join(words)

    def deserialize(self, data):
        words = deque(data.split())

        def read():
            node = TreeNode(int(words.popleft()))
            if words and words[0] == "#":
                words.popleft()
                return node
            node.left = read()
            if words:
                node.right = read()
            return node

        return read() if words else None
