# Mistake: how often each letter occurs says nothing of their order.
def is_palindrome(s):
    kept = Counter(filter(str.isalnum, s.lower()))
    return sum(count % 2 for count in kept.values()) <= 1
