class Codec:
    def serialize(self, root):
        words, stack = [], [root]
        while stack:
            node = stack.pop()
            if node is None:
                words.append("#")
            else:
                words.append(str(node.val))
                stack += node.right, node.left
        return " ".join(words)

    def deserialize(self, data):
        top = TreeNode()
        waiting = [(top, "left")]
        for word in data.split():
            parent, side = waiting.pop()
            if word != "#":
                node = TreeNode(int(word))
                setattr(parent, side, node)
                waiting += (node, "right"), (node, "left")
        return top.left
