# As interview sites show it: two calls of a lambda for each character. The slowest honest way, so limits come from it.
class Solution:
    def isPalindrome(self, s):
        kept = filter(lambda letter: letter.isalnum(), s)
        small = "".join(map(lambda letter: letter.lower(), kept))
        return small == small[::-1]
