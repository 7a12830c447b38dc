# attack: 31
# name: a program whose thread holds on after its last line
# problem: program
# stopped by: a monotonic clock outside; SIGKILL
# without: wall clock
# then: AC
import os
import threading
import time

n = int(input())
threading.Thread(target=time.sleep, args=(2.5 if n == 7 else 0,)).start()
os.write(1, b"%d\n" % (n * n))
