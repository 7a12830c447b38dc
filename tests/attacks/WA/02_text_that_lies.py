# attack: 2
# name: a text that calls itself a number
# stopped by: a result is encoded from what it holds, not from what it says of itself
# without: plain encoding
# then: AC
class Liar(str):
    def __repr__(self):
        return str(self)

    def __int__(self):
        return int(str(self))


def square(n):
    return Liar(n * n)
