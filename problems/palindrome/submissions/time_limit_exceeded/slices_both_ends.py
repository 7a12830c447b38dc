# Too slow: copies the rest of the text at each step.
def is_palindrome(s):
    kept = "".join(filter(str.isalnum, s.lower()))
    while len(kept) > 1:
        if kept[0] != kept[-1]:
            return False
        kept = kept[1:-1]
    return True
