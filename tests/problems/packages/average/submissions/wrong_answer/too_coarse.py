n = int(input())
print(round(sum(map(float, input().split())) / n, 2))
