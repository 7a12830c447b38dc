def flatten(nested_list):
    stack = list(reversed(nested_list))
    out = []
    while stack:
        top = stack.pop()
        if isinstance(top, (list, tuple)):
            stack.extend(reversed(top))
        else:
            out.append(top)
    return out
