# Mistake: tests the partner for truth, but 0 is a partner and false.
def find_pairs(arr, target):
    seen, pairs = {}, set()
    for x in arr:
        partner = seen.get(target - x)
        if partner:
            pairs.add((min(x, partner), max(x, partner)))
        seen[x] = x
    return list(pairs)
