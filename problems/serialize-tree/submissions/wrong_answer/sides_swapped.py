# Mistake: reads the right child first.
class Codec:
    def serialize(self, root):
        words = []

        def write(node):
            if node is None:
                words.append("#")
                return
            words.append(str(node.val))
            write(node.left)
            write(node.right)

        write(root)
        return " ".join(words)

    def deserialize(self, data):
        words = iter(data.split())

        def read():
            word = next(words)
            if word == "#":
                return None
            node = TreeNode(int(word))
            node.right = read()
            node.left = read()
            return node

        return read()
