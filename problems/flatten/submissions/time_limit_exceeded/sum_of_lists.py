# Too slow: sum adds list to list and copies each time.
def flatten(nested_list):
    return sum((flatten(one) if isinstance(one, (list, tuple)) else [one] for one in nested_list), [])
