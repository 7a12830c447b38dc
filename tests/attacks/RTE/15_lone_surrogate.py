# attack: 15
# name: half of a surrogate pair
# stopped by: strict decoding outside, and what it raises is the program's fault
# without: decoding is guarded
# then: JE
def square(n):
    return chr(0xD800)
