# attack: 4
# name: the expected value looked up among all objects
# stopped by: answers are compared outside the box, as plain JSON
# without: comparison outside
# then: AC
import gc


def square(n):
    for thing in gc.get_objects():
        if isinstance(thing, list) and len(thing) == 2 and thing[0] == [n] and isinstance(thing[1], int):
            return thing[1]
    return n + 5
