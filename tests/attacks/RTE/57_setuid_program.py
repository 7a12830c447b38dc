# attack: 57
# name: a program that would run as root
# stopped by: the syscall filter: threads, but no processes; no new privileges
# without: chroot, seccomp
# then: AC
import os


def square(n):
    for path in ("/bin/su", "/usr/bin/passwd", "/bin/mount", "/bin/true"):
        try:
            os.waitpid(os.posix_spawn(path, [path, "--version"], {}, file_actions=[(os.POSIX_SPAWN_DUP2, 0, 1)]), 0)
            return n * n
        except OSError as exc:
            refused = exc
    raise refused
