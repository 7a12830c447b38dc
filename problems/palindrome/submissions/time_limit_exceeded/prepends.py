# Too slow: copies all of the reverse for each character in front of it.
def is_palindrome(s):
    kept = "".join(filter(str.isalnum, s.lower()))
    turned = ""
    for letter in kept:
        turned = letter + turned
    return kept == turned
