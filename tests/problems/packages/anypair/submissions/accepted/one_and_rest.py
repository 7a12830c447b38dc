n = int(input())
print(f"1 {n - 1}" if n > 1 else "impossible")
