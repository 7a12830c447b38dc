# attack: 69
# name: the work done while the solution loads
# stopped by: a case's clock starts where the last one's ended, the first's at the start
# without: clock while loading
# then: AC
import time

while time.process_time() < 0.5:
    pass


def square(n):
    return n * n
