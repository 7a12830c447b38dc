# attack: 14
# name: 49.0 where 49 is right
# stopped by: values are the same when type and value are
# without: strict comparison
# then: AC
def square(n):
    return float(n * n) if n < 10 else n * n
