# attack: 15
# name: a program that writes bytes that are no text, NUL among them
# problem: program
# stopped by: outputs are compared as bytes
# without: output as bytes
# then: JE
import os

n = int(input())
os.write(1, b"%d\0\xff\xfe\n" % (n * n))
