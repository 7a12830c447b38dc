# Too slow: goes through all places of the partner, and with few different values these are most of the list.
def find_pairs(arr, target):
    places, pairs = defaultdict(list), set()
    for i, x in enumerate(arr):
        for j in places[target - x]:
            pairs.add((min(x, arr[j]), max(x, arr[j])))
        places[x].append(i)
    return list(pairs)
