"""The system calls that a child was denied: the kernel asks here, the answer is always no, and the number is noted.

A child that is denied something waits for the answer, so whoever waits for the child must look here as well. After
`_MOST` of them the listener is closed, and the kernel itself says no from then on (ENOSYS): a flood costs nothing.

A spare child, which waits for its job, runs none but the driver's code, and that does nothing which is denied: what is
foreign comes with the job. A call denied there all the same would wait until the job comes, and be told of its first
case.

Does not promise the whole truth: a call is told by its number, once for each case; sendmsg and prctl never, and not
what the filter of a container around the box denies as well, for that answers first.
Sources: seccomp(2), seccomp_unotify(2).
"""

import errno
import fcntl
import os
import select
import struct
from typing import Final

_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_QUESTION: Final = struct.Struct("=QIIiIQ6Q")  # id, pid, flags, and of the call: number, architecture, place, arguments
_ANSWER: Final = struct.Struct("=QqiI")  # id, value, error, flags
_MOST: Final = 32
_CLOSED: Final = -1


class Denials:
    """What one child was denied. Without a listener: nothing is known, and nothing need be answered."""

    def __init__(self, listener: int = _CLOSED) -> None:
        self._listener = listener
        self._left = _MOST
        self._numbers: list[int] = []
        self._polls: list[select.poll] = []

    def watch(self, poll: select.poll) -> None:
        """Have the poll wake up for questions too; its events must then go through `answer_among`."""
        if self._listener != _CLOSED:
            poll.register(self._listener, select.POLLIN)
            self._polls.append(poll)

    def answer_among(self, events: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Answer the question that is among a poll's events, if any; returns the other events."""
        others = [(fd, event) for fd, event in events if fd != self._listener]
        if len(others) < len(events):
            self._answer()
        return others

    def take(self) -> tuple[int, ...]:
        """The numbers, each once, of what was denied since this was last asked."""
        numbers = tuple(dict.fromkeys(self._numbers))
        self._numbers.clear()
        return numbers

    def close(self) -> None:
        """Ask no more, for the kernel shall not ask; whoever waits for an answer gets ENOSYS."""
        for poll in self._polls:
            poll.unregister(self._listener)
        self._polls.clear()
        if self._listener != _CLOSED:
            os.close(self._listener)
        self._listener = _CLOSED

    def _answer(self) -> None:
        """Never blocks after a poll: a question whose asker was killed or interrupted meanwhile is an error here."""
        question = bytearray(_QUESTION.size)
        try:
            fcntl.ioctl(self._listener, _RECEIVE, question)
            call, _, _, number, *_ = _QUESTION.unpack(question)
            self._numbers.append(number)
            self._left -= 1
            fcntl.ioctl(self._listener, _SEND, _ANSWER.pack(call, 0, -errno.EPERM, 0))
        except FileNotFoundError:
            pass  # nobody waits for this answer any more
        except OSError:
            self.close()  # the child is gone
        if not self._left:
            self.close()
