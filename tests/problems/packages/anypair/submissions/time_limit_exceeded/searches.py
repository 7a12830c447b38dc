n = int(input())
if n == 1:
    print("impossible")
else:
    print(
        next((a, b) for a in range(n, 0, -1) for b in range(n, 0, -1) if a + b == n and a < b)[0], n
    ) if n > 10 else print(1, n - 1)
