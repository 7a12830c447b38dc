import sys

different = []
for number in sys.stdin.read().split()[1:]:
    if number not in different:
        different.append(number)
print(len(different))
