# attack: 14
# name: -0.0 where 0 is right
# stopped by: values are the same when type and value are
# without: strict comparison
# then: AC
def square(n):
    return n * n or -0.0
