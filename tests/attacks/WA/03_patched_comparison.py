# attack: 3
# name: the comparison replaced in every module there is
# stopped by: answers are compared outside the box, as plain JSON
# without: comparison outside
# then: AC
import gc
import sys


def square(n):
    for module in list(sys.modules.values()):
        for name in list(vars(module)):
            if name.strip("_") in ("compare", "check", "equal", "eq", "same", "assertEqual"):
                setattr(module, name, lambda *_: True)
    for thing in gc.get_objects():
        if isinstance(thing, dict) and callable(thing.get("compare")):
            thing["compare"] = lambda *_: True
    return n + 5
