# Mistake: compares A with a.
def is_palindrome(s):
    kept = "".join(filter(str.isalnum, s))
    return kept == kept[::-1]
