# attack: 14
# name: True where 1 is right
# stopped by: values are the same when type and value are
# without: strict comparison
# then: AC
def square(n):
    return True if n == 1 else n * n
