class Solution:
    def serialize(self, root):
        return json.dumps(self.pack(root))

    def pack(self, root):
        out, todo = [], [root]
        while todo:
            node = todo.pop()
            out.append(node and node.val)
            if node:
                todo.append(node.right)
                todo.append(node.left)
        return out

    def deserialize(self, data):
        values = json.loads(data)
        holder = TreeNode()
        slots = [(holder, True)]
        for value in values:
            parent, is_left = slots.pop()
            if value is None:
                continue
            node = TreeNode(value)
            if is_left:
                parent.left = node
            else:
                parent.right = node
            slots.append((node, False))
            slots.append((node, True))
        return holder.left
