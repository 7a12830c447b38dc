# attack: 32
# name: a program started by subprocess
# stopped by: the syscall filter: threads, but no processes
# without: chroot, seccomp, uid
# then: AC
import subprocess


def square(n):
    subprocess.run(["/bin/true"], check=True)
    return n * n
