# Raises: takes everything but whole numbers, texts and None for a list; a floating-point number cannot be gone through.
def flatten(nested_list):
    result = []
    for element in nested_list:
        if element is None or isinstance(element, (int, str)):
            result.append(element)
        else:
            result.extend(flatten(element))
    return result
