def the_name(numbers):
    return any(one == other for one, other in zip(numbers, numbers[1:]))
