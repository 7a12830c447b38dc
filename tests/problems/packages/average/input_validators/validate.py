import sys

n = int(sys.stdin.readline())
numbers = list(map(float, sys.stdin.read().split()))
assert len(numbers) == n >= 1
sys.exit(42)
