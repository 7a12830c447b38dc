import sys

numbers = sorted(sys.stdin.read().split()[1:])
last = numbers[0]  # fails where there is no number
count = 1
for number in numbers[1:]:
    count += number != last
    last = number
print(count)
