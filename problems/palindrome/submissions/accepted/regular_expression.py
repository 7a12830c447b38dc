def is_palindrome(s):
    kept = re.sub(r"[\W_]+", "", s).lower()
    return kept == kept[::-1]
