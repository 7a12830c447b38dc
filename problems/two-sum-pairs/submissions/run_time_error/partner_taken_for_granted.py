# Mistake: looks a partner up without asking whether there is one: KeyError.
def find_pairs(arr, target):
    count = dict(Counter(arr))
    pairs = set()
    for x in count:
        if count[target - x] > (2 * x == target):
            pairs.add((min(x, target - x), max(x, target - x)))
    return list(pairs)
