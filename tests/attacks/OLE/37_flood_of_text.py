# attack: 37
# name: text without end
# stopped by: printed text and results are counted, and capped before they are kept
# without: output limit
# then: AC
def square(n):
    for _ in range(3_000):
        print("x" * 1_000)
    return n * n
