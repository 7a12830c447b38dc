# attack: 72
# name: a program that prints what is right, and does not end
# problem: program
# stopped by: a monotonic clock outside; SIGKILL
# without: wall clock
# then: AC
import time

n = int(input())
print(n * n, flush=True)
if n == 7:
    time.sleep(2.5)
