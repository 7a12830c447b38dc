# Mistake: a frozenset forgets the order, and also that there were two equal numbers.
def find_pairs(arr, target):
    seen, pairs = set(), set()
    for x in arr:
        if target - x in seen:
            pairs.add(frozenset([x, target - x]))
        seen.add(x)
    return [list(pair) for pair in pairs]
