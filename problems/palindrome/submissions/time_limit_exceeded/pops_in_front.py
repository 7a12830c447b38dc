# Too slow: pop(0) moves all the others by one.
def is_palindrome(s):
    letters = list(filter(str.isalnum, s.lower()))
    while len(letters) > 1:
        if letters.pop(0) != letters.pop():
            return False
    return True
