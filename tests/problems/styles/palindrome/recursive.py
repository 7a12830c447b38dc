def is_palindrome(s):
    kept = "".join(filter(str.isalnum, s.lower()))

    def same(low, high):
        if low >= high:
            return True
        step = min(1000, (high - low + 1) // 2)
        return kept[low : low + step] == kept[high - step + 1 : high + 1][::-1] and same(low + step, high - step)

    return same(0, len(kept) - 1)
