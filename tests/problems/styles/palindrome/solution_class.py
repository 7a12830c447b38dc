class Solution:
    def isPalindrome(self, s):
        s = "".join(ch for ch in s if ch.isalnum()).casefold()
        return s == s[::-1]
