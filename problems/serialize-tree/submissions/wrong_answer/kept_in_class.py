# Mistake: the other process has the same class, but not what was kept in it.
class Codec:
    kept = []

    def serialize(self, root):
        self.kept.append(root)
        return str(len(self.kept) - 1)

    def deserialize(self, data):
        return dict(enumerate(self.kept)).get(int(data))
