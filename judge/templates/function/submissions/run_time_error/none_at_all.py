def the_name(numbers):
    numbers = sorted(numbers)
    last = numbers.pop()  # fails where there is no number
    while numbers:
        if numbers[-1] == last:
            return True
        last = numbers.pop()
    return False
