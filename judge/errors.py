"""Every exception of the library, in one place.

    JudgeError                  something is wrong that is not the submission's fault
    |-- PackageError            a problem package is broken: file, key, reason
    |-- WrongUse                what was asked for cannot be: the asker's fault
    |   `-- UnknownName         a problem, language or backend that does not exist
    `-- MachineFault            the machine's fault: try again, at worst JE, never the candidate's
        |-- BoxUnavailable      no box can be had here: says what is missing and how to mend it
        `-- BoxBroken           a running box broke its promises; it is thrown away

A submission's own faults are never exceptions: they are verdicts.
"""

from collections.abc import Iterable


class JudgeError(Exception):
    """Raised when the judge cannot do what was asked; the message is one sentence for a person."""


class PackageError(JudgeError):
    """Raised when a problem package is broken. `file` is relative to the package, `key` where one is at fault."""

    def __init__(
        self, package: str, file: str, reason: str, *, key: str | None = None, line: int | None = None
    ) -> None:
        self.package, self.file, self.reason, self.key, self.line = package, file, reason, key, line
        place = f"{package}/{file}" + (f", line {line}" if line else "") + (f", key {key!r}" if key else "")
        super().__init__(f"{place}: {reason}")


class WrongUse(JudgeError):
    """Raised when what was asked for cannot be; says what would be right."""


class UnknownName(WrongUse):
    """Raised when no problem, language or backend has this name; lists those that exist."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, sorted(known)
        super().__init__(f"unknown {kind} {name!r}; there is: {', '.join(self.known) or 'none'}")


class MachineFault(JudgeError):
    """Raised when the machine, not the submission, is at fault."""


class BoxUnavailable(MachineFault):
    """Raised when a box cannot be started; `remedy` says what the operator can do."""

    def __init__(self, reason: str, remedy: str) -> None:
        self.reason, self.remedy = reason, remedy
        super().__init__(f"{reason} {remedy}")


class BoxBroken(MachineFault):
    """Raised when a running box ended, hung or sent what is no frame."""
