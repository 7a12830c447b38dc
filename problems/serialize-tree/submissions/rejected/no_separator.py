# Mistake: nothing between the numbers; 12 is read as 1 and 2.
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
        return "".join(words)

    def deserialize(self, data):
        words = iter(re.findall(r"-?\d|#", data))

        def read():
            word = next(words)
            if word == "#":
                return None
            node = TreeNode(int(word))
            node.left = read()
            node.right = read()
            return node

        return read()
