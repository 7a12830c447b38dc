# attack: 14
# name: a list nested 100,000 deep
# stopped by: decoding outside is bounded, and what it raises is the program's fault
# without: decoding is guarded
# then: JE
def square(n):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    return deep
