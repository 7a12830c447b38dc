# Too slow: one pass, but whether a pair is new takes a walk through all that are known, O(n^2) when there are many.
def find_pairs(arr, target):
    seen, pairs = set(), []
    for x in arr:
        pair = [min(x, target - x), max(x, target - x)]
        if target - x in seen and pair not in pairs:
            pairs.append(pair)
        seen.add(x)
    return pairs
