# Mistake: marks a missing child with a number that looks unlikely, but is a value like any other.
NOTHING = -1001


class Codec:
    def serialize(self, root):
        words, stack = [], [root]
        while stack:
            node = stack.pop()
            words.append(str(node.val if node else NOTHING))
            if node:
                stack += node.right, node.left
        return " ".join(words)

    def deserialize(self, data):
        top = TreeNode()
        waiting = [(top, "left")]
        for word in data.split():
            if not waiting:
                break
            parent, side = waiting.pop()
            if int(word) != NOTHING:
                node = TreeNode(int(word))
                setattr(parent, side, node)
                waiting += (node, "right"), (node, "left")
        return top.left
