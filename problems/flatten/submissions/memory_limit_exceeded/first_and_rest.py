# Too hungry: as many calls as elements, each with a copy of the rest of the list.
def flatten(nested_list):
    if not nested_list:
        return []
    first, rest = nested_list[0], nested_list[1:]
    if isinstance(first, (list, tuple)):
        return flatten(first) + flatten(rest)
    return [first] + flatten(rest)
