# Mistake: string.punctuation has no dash and no quotation mark of print.
def is_palindrome(s):
    kept = s.lower().translate(str.maketrans("", "", string.punctuation + string.whitespace))
    return kept == kept[::-1]
