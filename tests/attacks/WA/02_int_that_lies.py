# attack: 2
# name: an int whose text is another number
# stopped by: a result is encoded from what it holds, not from what it says of itself
# without: plain encoding
# then: AC
class Liar(int):
    def __repr__(self):
        return str(self.right)

    __str__ = __repr__


def square(n):
    lie = Liar(n + 5)
    lie.right = n * n
    return lie
