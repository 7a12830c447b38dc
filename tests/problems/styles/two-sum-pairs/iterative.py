def find_pairs(arr, target):
    arr.sort()
    i = 0
    j = len(arr) - 1
    pairs = []
    while i < j:
        s = arr[i] + arr[j]
        if s == target:
            pairs.append([arr[i], arr[j]])
            while i < j and arr[i] == arr[i + 1]:
                i += 1
            while i < j and arr[j] == arr[j - 1]:
                j -= 1
            i += 1
            j -= 1
        elif s < target:
            i += 1
        else:
            j -= 1
    return pairs
