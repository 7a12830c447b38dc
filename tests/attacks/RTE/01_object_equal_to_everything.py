# attack: 1
# name: an object that equals everything
# stopped by: answers are compared outside the box, as plain JSON
# without: comparison outside
# then: AC
class Anything:
    def __eq__(self, other):
        return True


def square(n):
    return Anything()
