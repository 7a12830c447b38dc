import sys

with open(sys.argv[1]) as file:
    secret = int(file.read())
for _ in range(10):
    line = sys.stdin.readline()
    try:
        guess = int(line)
    except ValueError:
        sys.exit(43)
    if guess == secret:
        print("correct", flush=True)
        sys.exit(43 if sys.stdin.readline() else 42)
    print("lower" if secret < guess else "higher", flush=True)
sys.exit(43)
