# Raises: the other process has another object, to which nothing was given.
class Codec:
    def serialize(self, root):
        self.root = root
        return "the tree"

    def deserialize(self, data):
        return self.root
