# Mistake: opens the lists only after everything else.
def flatten(nested_list):
    result, waiting = [], deque([nested_list])
    while waiting:
        for element in waiting.popleft():
            if isinstance(element, (list, tuple)):
                waiting.append(element)
            else:
                result.append(element)
    return result
