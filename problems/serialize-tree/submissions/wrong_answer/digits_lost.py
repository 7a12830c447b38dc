# Mistake: %g keeps six digits and no more.
class Codec:
    def serialize(self, root):
        words = []

        def write(node):
            if node is None:
                words.append("#")
                return
            words.append("%g" % node.val)
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
            node = TreeNode(int(float(word)))
            node.left = read()
            node.right = read()
            return node

        return read()
