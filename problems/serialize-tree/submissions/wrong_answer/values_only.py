# Mistake: the values alone, level by level, do not tell the shape.
class Codec:
    def serialize(self, root):
        words, queue = [], deque([root] if root else [])
        while queue:
            node = queue.popleft()
            words.append(str(node.val))
            queue += (child for child in (node.left, node.right) if child)
        return " ".join(words)

    def deserialize(self, data):
        nodes = [TreeNode(int(word)) for word in data.split()]
        for place, node in enumerate(nodes):
            node.left, node.right = (
                nodes[child] if child < len(nodes) else None for child in (2 * place + 1, 2 * place + 2)
            )
        return nodes[0] if nodes else None
