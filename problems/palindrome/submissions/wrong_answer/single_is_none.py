# Mistake: takes a single letter for too short.
def is_palindrome(s):
    kept = "".join(filter(str.isalnum, s.lower()))
    return len(kept) != 1 and kept == kept[::-1]
