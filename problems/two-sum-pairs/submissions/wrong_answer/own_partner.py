# Mistake: half the target is in the set, so it finds itself, although it is there only once.
def find_pairs(arr, target):
    numbers = set(arr)
    return [(x, target - x) for x in numbers if x <= target - x and target - x in numbers]
