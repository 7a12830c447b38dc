# Raises: a number has no length.
def flatten(nested_list):
    result, stack = [], [nested_list]
    while stack:
        element = stack.pop()
        if not isinstance(element, str) and len(element) >= 0:
            stack.extend(reversed(element))
        else:
            result.append(element)
    return result
