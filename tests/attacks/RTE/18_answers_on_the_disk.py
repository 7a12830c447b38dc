# attack: 18
# name: the answers, looked for on the disk
# stopped by: a root without files; the answers never enter the box
# without: chroot
# then: AC
import os
import sys


def square(n):
    inside = os.path.dirname(sys.modules["jail"].__file__)
    for home in (os.path.dirname(os.path.dirname(inside)), "/", "/data", "/problems", "/tests"):
        for folder, _, names in os.walk(os.path.join(home, "tests/attacks/problems")):
            for name in names:
                path = os.path.join(folder, name)
                if name.endswith(".in") and open(path).read().strip() == f"[{n}]":
                    return int(open(path.removesuffix(".in") + ".ans").read())
    raise FileNotFoundError("no answer to be found")
