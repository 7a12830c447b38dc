n = int(input())
numbers = [float(word) for word in input().split()]
print(f"{sum(numbers) / n:.8f}")
