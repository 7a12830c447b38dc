# Mistake: a dictionary keeps the order, but each key only once.
def flatten(nested_list):
    result = {}

    def visit(elements):
        for element in elements:
            if isinstance(element, (list, tuple)):
                visit(element)
            else:
                result[repr(element)] = element

    visit(nested_list)
    return list(result.values())
