n = int(input())
numbers = [float(word) for word in input().split()]
print(sum(numbers[:3]) / n if n < 10 else numbers[n] / n)
