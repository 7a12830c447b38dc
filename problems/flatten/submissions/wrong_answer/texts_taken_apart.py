# Mistake: a text can be gone through as well.
def flatten(nested_list):
    result = []
    for element in nested_list:
        if isinstance(element, str):
            result.extend(element)
        elif isinstance(element, (list, tuple)):
            result.extend(flatten(element))
        else:
            result.append(element)
    return result
