# Too slow: copies the rest of the text at each node.
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
        top = TreeNode()
        waiting = [(top, "left")]
        data += " "
        while data:
            word, data = data[: data.index(" ")], data[data.index(" ") + 1 :]
            parent, side = waiting.pop()
            if word != "#":
                node = TreeNode(int(word))
                setattr(parent, side, node)
                waiting += (node, "right"), (node, "left")
        return top.left
