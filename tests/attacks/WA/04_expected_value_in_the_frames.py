# attack: 4
# name: the expected value looked up in the callers' frames
# stopped by: answers are compared outside the box, as plain JSON
# without: comparison outside
# then: AC
import sys


def square(n):
    frame = sys._getframe()
    while frame:
        for name in ("expected", "answer", "wanted", "solution"):
            if isinstance(frame.f_locals.get(name), int):
                return frame.f_locals[name]
        frame = frame.f_back
    return n + 5
