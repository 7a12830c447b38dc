def the_name(numbers):
    for index, number in enumerate(numbers):
        for other in numbers[:index]:
            if number == other:
                return True
    return False
