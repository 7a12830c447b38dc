# Raises: an empty list has no first element.
def flatten(nested_list):
    result = []
    for element in nested_list:
        if isinstance(element, (list, tuple)):
            if element[0] is not element:
                result.extend(flatten(element))
        else:
            result.append(element)
    return result
