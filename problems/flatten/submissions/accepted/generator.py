def flatten(nested_list):
    for element in nested_list:
        if isinstance(element, (list, tuple)):
            yield from flatten(element)
        else:
            yield element
