def serialize(root):
    parts = []

    def dfs(node):
        if not node:
            parts.append("N")
        else:
            parts.append(str(node.val))
            dfs(node.left)
            dfs(node.right)

    dfs(root)
    return ",".join(parts)


def deserialize(data):
    parts = iter(data.split(","))

    def dfs():
        part = next(parts)
        if part == "N":
            return None
        node = TreeNode(int(part))
        node.left = dfs()
        node.right = dfs()
        return node

    return dfs()
