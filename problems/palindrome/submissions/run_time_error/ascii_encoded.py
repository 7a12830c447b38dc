# Raises: other scripts cannot be encoded.
def is_palindrome(s):
    kept = bytes(filter(chr_is_alnum, s.lower().encode("ascii")))
    return kept == kept[::-1]


def chr_is_alnum(code):
    return chr(code).isalnum()
