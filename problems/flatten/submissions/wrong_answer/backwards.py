# Mistake: what lies on top of the stack was put there last.
def flatten(nested_list):
    result, stack = [], [nested_list]
    while stack:
        element = stack.pop()
        if isinstance(element, (list, tuple)):
            stack.extend(element)
        else:
            result.append(element)
    return result
