# Raises: an empty text has no first character.
def is_palindrome(s):
    kept = "".join(filter(str.isalnum, s.lower()))
    return kept[0] == kept[-1] and kept == kept[::-1]
