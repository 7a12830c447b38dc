# Mistake: opens the first level only.
def flatten(nested_list):
    result = []
    for element in nested_list:
        if isinstance(element, (list, tuple)):
            result.extend(element)
        else:
            result.append(element)
    return result
