def find_pairs(arr, target):
    """Divide and conquer over the sorted values: each half alone, then the pairs across."""
    values = sorted(arr)

    def meet(left, right):
        # one number from each side; both sides are sorted
        pairs = []
        high = len(right) - 1
        for low in range(len(left)):
            while high >= 0 and left[low] + right[high] > target:
                high -= 1
            if high >= 0 and left[low] + right[high] == target:
                pairs.append((left[low], right[high]))
        return pairs

    def solve(start, end):
        if end - start < 2 or values[start] + values[start + 1] > target or values[end - 2] + values[end - 1] < target:
            return set()
        middle = (start + end) // 2
        return solve(start, middle) | solve(middle, end) | set(meet(values[start:middle], values[middle:end]))

    return list(solve(0, len(values)))
