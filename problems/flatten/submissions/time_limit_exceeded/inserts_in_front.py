# Too slow: insert(0, …) moves all the others by one.
def flatten(nested_list):
    result, stack = [], [nested_list]
    while stack:
        element = stack.pop()
        if isinstance(element, (list, tuple)):
            stack.extend(element)
        else:
            result.insert(0, element)
    return result
