# Mistake: target // 2 is half of an even target only; two 4s make no 9.
def find_pairs(arr, target):
    count = Counter(arr)
    pairs = [[x, target - x] for x in count if x < target - x and target - x in count]
    if count[target // 2] > 1:
        pairs.append([target // 2, target - target // 2])
    return pairs
