# attack: 2
# name: a list that lies about its length, its elements and its text
# stopped by: a result is encoded from what it holds, not from what it says of itself
# without: plain encoding
# then: AC
class Liar(list):
    def __repr__(self):
        return str(self.right)

    def __len__(self):
        return 0

    def __iter__(self):
        return iter(())

    def __eq__(self, other):
        return True


def square(n):
    lie = Liar([n])
    lie.right = n * n
    return lie
