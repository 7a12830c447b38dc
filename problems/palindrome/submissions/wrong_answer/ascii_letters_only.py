# Mistake: drops every other script.
def is_palindrome(s):
    kept = re.sub("[^a-z0-9]+", "", s.lower())
    return kept == kept[::-1]
