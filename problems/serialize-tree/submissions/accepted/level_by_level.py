class Codec:
    def serialize(self, root):
        words, queue = [], deque([root])
        while queue:
            node = queue.popleft()
            words.append("#" if node is None else str(node.val))
            if node is not None:
                queue += node.left, node.right
        return ",".join(words)

    def deserialize(self, data):
        nodes = [None if word == "#" else TreeNode(int(word)) for word in data.split(",")]
        children = iter(nodes[1:])
        for node in nodes:
            if node is not None:
                node.left = next(children)
                node.right = next(children)
        return nodes[0]
