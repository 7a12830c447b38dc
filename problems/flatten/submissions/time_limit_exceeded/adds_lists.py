# Too slow: copies all of the result for each element.
def flatten(nested_list):
    result = []
    for element in nested_list:
        if isinstance(element, (list, tuple)):
            result = result + flatten(element)
        else:
            result = result + [element]
    return result
