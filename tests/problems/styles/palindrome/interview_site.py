# 125. Valid Palindrome
# Time: O(n), space: O(n)
class Solution(object):
    def isPalindrome(self, s):
        """
        :type s: str
        :rtype: bool
        """
        filtered = filter(lambda ch: ch.isalnum(), s)
        lowered = "".join(map(lambda ch: ch.lower(), filtered))
        return lowered == lowered[::-1]
