# attack: 41
# name: one long operation in C, which no exception can leave
# stopped by: the kernel's CPU clock of the whole process, read outside; SIGKILL
# without: cpu clock
# then: AC
def square(n):
    return n * n if n != 7 or 7 ** (4_000_000) % 10 else n
