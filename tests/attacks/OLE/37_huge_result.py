# attack: 37
# name: a result longer than may be sent
# stopped by: printed text and results are counted, and capped before they are kept
# without: output limit
# then: WA
def square(n):
    return "x" * (2 << 20)
