# attack: 41
# name: a regular expression that tries everything
# stopped by: the kernel's CPU clock of the whole process, read outside; SIGKILL
# without: cpu clock
# then: AC
import re


def square(n):
    if n == 7:
        re.match("(a+)+$", "a" * 25 + "b")
    return n * n
