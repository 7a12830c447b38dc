# attack: 14
# name: NaN, which no comparison calls different enough
# stopped by: NaN is the same as nothing
# without: no NaN
# then: AC
def square(n):
    return float("nan")
