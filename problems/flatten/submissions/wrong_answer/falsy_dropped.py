# Mistake: 0, "", False and None are elements too.
def flatten(nested_list):
    result = []
    for element in nested_list:
        if isinstance(element, (list, tuple)):
            result.extend(flatten(element))
        elif element:
            result.append(element)
    return result
