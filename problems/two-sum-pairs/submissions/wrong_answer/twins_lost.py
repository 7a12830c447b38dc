# Mistake: leaves out half the target to be on the safe side; if it is there twice, that is a pair.
def find_pairs(arr, target):
    numbers = set(arr)
    return [(x, target - x) for x in numbers if x < target - x and target - x in numbers]
