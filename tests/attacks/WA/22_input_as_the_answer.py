# attack: 22
# name: the hidden input given back as the answer
# stopped by: of a hidden case only a verdict, figures and the name of a built-in exception are kept
# without: redaction
# then: leak
def square(n):
    return str(n)
