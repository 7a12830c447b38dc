def flatten(nested_list):
    result = []

    def visit(elements):
        for element in elements:
            if isinstance(element, (list, tuple)):
                visit(element)
            else:
                result.append(element)

    visit(nested_list)
    return result
