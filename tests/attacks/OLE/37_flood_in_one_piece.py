# attack: 37
# name: one text longer than may be printed
# stopped by: printed text and results are counted, and capped before they are kept
# without: output limit
# then: AC
def square(n):
    print("x" * (3 << 20))
    return n * n
