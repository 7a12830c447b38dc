# attack: 5
# name: a program that prints what is right and says by its exit code that it failed
# problem: program
# stopped by: an exit code is a fact, and other than 0 no success
# without: exit code heeded
# then: AC
import sys

n = int(input())
print(n * n)
sys.exit(3)
