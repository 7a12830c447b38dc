# attack: 5
# name: os._exit(0) before there is a result
# stopped by: every case needs a result of its own; how a process ends is no result
# without: a result per case
# then: AC
import os


def square(n):
    os._exit(0)
