# Raises: a number has no length.
def flatten(nested_list):
    result = []
    for element in nested_list:
        if not isinstance(element, str) and len(element) >= 0:
            result.extend(flatten(element))
        else:
            result.append(element)
    return result
