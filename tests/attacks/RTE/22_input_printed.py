# attack: 22
# name: the hidden input printed, and put into the traceback
# stopped by: of a hidden case only a verdict, figures and the name of a built-in exception are kept
# without: redaction
# then: leak
import linecache


def square(n):
    print(n)
    linecache.cache["solution.py"] = (0, None, [f"{n}\n"] * 99, "solution.py")
    return 1 // 0
