# Mistake: every repeated number reports its pair once more.
def find_pairs(arr, target):
    seen, pairs = set(), []
    for x in arr:
        if target - x in seen:
            pairs.append([target - x, x])
        seen.add(x)
    return pairs
