# Mistake: takes every script's letters, but of the digits only ten.
def is_palindrome(s):
    kept = [letter for letter in s.lower() if letter.isalpha() or letter in "0123456789"]
    return kept == kept[::-1]
