# attack: 37
# name: a program that floods its standard output past Python
# problem: program
# stopped by: what a program writes is counted as it comes
# without: output limit
# then: WA
import os

for _ in range(48):
    os.write(1, b"x" * (1 << 16))
