# attack: 56
# name: every signal ignored, asleep and catching everything
# stopped by: SIGKILL, which cannot be ignored
# without: sigkill
# then: JE
import signal
import time


def square(n):
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    while n == 7:
        try:
            time.sleep(60)
        except BaseException:
            pass
    return n * n
