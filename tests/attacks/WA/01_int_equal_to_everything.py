# attack: 1
# name: an int that equals everything
# stopped by: answers are compared outside the box, as plain JSON
# without: comparison outside
# then: AC
class Anything(int):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = int.__hash__


def square(n):
    return Anything(n + 5)
