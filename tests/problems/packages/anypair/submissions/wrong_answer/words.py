n = int(input())
print("one", "other")
