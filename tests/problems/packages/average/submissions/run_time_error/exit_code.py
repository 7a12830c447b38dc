import sys

n = int(input())
print(sum(map(float, input().split())) / n)
sys.exit(n > 1)
