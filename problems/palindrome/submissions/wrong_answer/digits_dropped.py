# Mistake: isalpha says no to digits.
def is_palindrome(s):
    kept = "".join(filter(str.isalpha, s.lower()))
    return kept == kept[::-1]
