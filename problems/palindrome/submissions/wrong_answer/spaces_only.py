# Mistake: removes the spaces and leaves the commas.
def is_palindrome(s):
    kept = s.lower().replace(" ", "")
    return kept == kept[::-1]
