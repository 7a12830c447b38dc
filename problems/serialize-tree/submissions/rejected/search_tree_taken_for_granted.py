# Mistake: rebuilds the tree by comparing values, as if it were sorted.
class Codec:
    def serialize(self, root):
        words, stack = [], [root]
        while stack:
            node = stack.pop()
            if node:
                words.append(str(node.val))
                stack += node.right, node.left
        return " ".join(words)

    def deserialize(self, data):
        root = None
        for word in data.split():
            node, parent = TreeNode(int(word)), root
            if root is None:
                root = node
            while parent:
                side = "left" if node.val < parent.val else "right"
                if getattr(parent, side) is None:
                    setattr(parent, side, node)
                    break
                parent = getattr(parent, side)
        return root
