# attack: 56
# name: every signal ignored that can be
# stopped by: SIGKILL, which cannot be ignored
# without: sigkill
# then: JE
import signal


def square(n):
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    while n == 7:
        pass
    return n * n
