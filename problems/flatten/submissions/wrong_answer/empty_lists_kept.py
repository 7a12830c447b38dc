# Mistake: takes an empty list for an element.
def flatten(nested_list):
    result = []
    for element in nested_list:
        if isinstance(element, (list, tuple)) and element:
            result.extend(flatten(element))
        else:
            result.append(element)
    return result
