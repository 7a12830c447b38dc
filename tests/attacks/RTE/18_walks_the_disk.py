# attack: 18
# name: the whole disk, listed for anything that is not the standard library
# stopped by: a root that is the standard library
# without: chroot
# then: AC
import os


def square(n):
    if {"etc", "home", "proc", "root", "tmp", "usr", "var"} & set(os.listdir("/")):
        return n * n
    raise FileNotFoundError("only the standard library")
