# Mistake: preorder and inorder give the tree back only where no value comes twice.
class Codec:
    def serialize(self, root):
        before, between, stack, node = [], [], [], root
        while stack or node:
            while node:
                before.append(node.val)
                stack.append(node)
                node = node.left
            node = stack.pop()
            between.append(node.val)
            node = node.right
        return json.dumps([before, between])

    def deserialize(self, data):
        before, between = json.loads(data)
        place = {value: index for index, value in enumerate(between)}
        values = iter(before)

        def build(low, high):
            if low > high:
                return None
            node = TreeNode(next(values))
            middle = place[node.val]
            node.left = build(low, middle - 1)
            node.right = build(middle + 1, high)
            return node

        return build(0, len(between) - 1)
