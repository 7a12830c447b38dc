class Solution:
    def flatten(self, nestedList):
        answer = []
        self._walk(nestedList, answer)
        return answer

    def _walk(self, part, answer):
        for item in part:
            if type(item) in (list, tuple):
                self._walk(item, answer)
            else:
                answer.append(item)
