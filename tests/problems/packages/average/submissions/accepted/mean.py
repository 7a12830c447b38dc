import sys

n, *numbers = map(float, sys.stdin.read().split())
print(sum(numbers) / n)
