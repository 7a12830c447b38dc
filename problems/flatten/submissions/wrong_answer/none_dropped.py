# Mistake: takes None for nothing.
def flatten(nested_list):
    result = []
    for element in nested_list:
        if isinstance(element, (list, tuple)):
            result.extend(flatten(element))
        elif element is not None:
            result.append(element)
    return result
