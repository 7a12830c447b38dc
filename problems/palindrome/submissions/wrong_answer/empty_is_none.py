# Mistake: where nothing is left, nothing reads differently backwards.
def is_palindrome(s):
    kept = "".join(filter(str.isalnum, s.lower()))
    return bool(kept) and kept == kept[::-1]
