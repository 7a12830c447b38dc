# Mistake: opens two levels and no more.
def open_once(elements):
    result = []
    for element in elements:
        if isinstance(element, (list, tuple)):
            result.extend(element)
        else:
            result.append(element)
    return result


def flatten(nested_list):
    return open_once(open_once(nested_list))
