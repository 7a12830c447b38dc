# attack: 22
# name: an exception that carries the hidden input in its name
# stopped by: of a hidden case only a verdict, figures and the name of a built-in exception are kept
# without: redaction
# then: leak
def square(n):
    raise type(f"Input_{n}", (Exception,), {})
