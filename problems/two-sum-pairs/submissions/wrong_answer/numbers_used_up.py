# Mistake: takes both numbers of a pair away, and meets their equals again later.
def find_pairs(arr, target):
    waiting, pairs = Counter(), []
    for x in arr:
        if waiting[target - x]:
            waiting[target - x] -= 1
            pairs.append([target - x, x])
        else:
            waiting[x] += 1
    return pairs
