import random


def mixed(seed):
    rng = random.Random(seed)
    operations = [["LRUCache", 50]]
    for _ in range(1000):
        key = rng.randrange(100)
        operations.append(["get", key] if rng.random() < 0.5 else ["put", key, rng.randrange(10**6)])
    return operations
