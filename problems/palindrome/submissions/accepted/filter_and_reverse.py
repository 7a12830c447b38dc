def is_palindrome(s):
    kept = "".join(filter(str.isalnum, s.lower()))
    return kept == kept[::-1]
