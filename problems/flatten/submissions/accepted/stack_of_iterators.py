def flatten(nested_list):
    result, stack = [], [iter(nested_list)]
    while stack:
        for element in stack[-1]:
            if isinstance(element, (list, tuple)):
                stack.append(iter(element))
                break
            result.append(element)
        else:
            stack.pop()
    return result
