# Mistake: leaves out the pair in the middle.
def is_palindrome(s):
    kept = "".join(filter(str.isalnum, s.lower()))
    middle = (len(kept) - 1) // 2
    return kept[:middle] == kept[: -middle - 1 : -1] if middle else kept[:1] == kept[-1:]
