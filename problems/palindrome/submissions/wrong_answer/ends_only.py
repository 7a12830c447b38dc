# Mistake: compares the first letter with the last and no others.
def is_palindrome(s):
    kept = "".join(filter(str.isalnum, s.lower()))
    return kept[:1] == kept[-1:]
