# Too slow: copies all that has been written for each node in front of it.
class Codec:
    def serialize(self, root):
        text, stack = "", [root]
        while stack:
            node = stack.pop()
            if node is None:
                text = "# " + text
            else:
                text = f"{node.val} {text}"
                stack += node.left, node.right
        return text

    def deserialize(self, data):
        top = TreeNode()
        waiting = [(top, "left")]
        for word in reversed(data.split()):
            parent, side = waiting.pop()
            if word != "#":
                node = TreeNode(int(word))
                setattr(parent, side, node)
                waiting += (node, "left"), (node, "right")
        return top.left
