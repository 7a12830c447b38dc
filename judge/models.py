"""The judge's words: what goes in, what comes out. Frozen; unknown keys are refused; units are in the names.

Every distinction a reader may need is a field of its own, never a part of a sentence.
"""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from judge.growth import Growth


class Verdict(StrEnum):
    """The CLICS names. `text` is the verdict in words."""

    text: str

    def __new__(cls, value: str, text: str = "") -> "Verdict":
        member = str.__new__(cls, value)
        member._value_ = value
        member.text = text
        return member

    AC = "AC", "Accepted"
    WA = "WA", "Wrong answer"
    TLE = "TLE", "Time limit exceeded"
    MLE = "MLE", "Memory limit exceeded"
    OLE = "OLE", "Output limit exceeded"
    RTE = "RTE", "Run-time error"
    CE = "CE", "Compile error"
    JE = "JE", "Judge error"


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Submission(Frozen):
    """A program to be judged."""

    language: str
    source: str


class Limits(Frozen):
    """What one case may take."""

    cpu_time_s: float
    wall_time_s: float
    memory_mib: int
    output_mib: int


class CompileError(Frozen):
    """Why a source cannot be judged at all. Which fields are set depends on `kind`."""

    kind: Literal["syntax_error", "missing_entry", "wrong_parameters"]
    message: str
    line: int | None = None
    column: int | None = Field(None, description="1-based; the caret stands under this character of `text`")
    text: str | None = None
    looked_for: list[str] = []
    found: list[str] = []
    expected_parameters: int | None = None

    def caret(self) -> str:
        """The offending line with a caret below it; empty where no place is known."""
        if not self.text or not self.column:
            return ""
        return f"{self.text}\n{' ' * (self.column - 1)}^"


class CaseDetail(Frozen):
    """What is shown of a sample, or of a run on an own input, and never of a hidden case. Long texts are cut."""

    input: str
    expected: str | None = None
    output: str | None = None
    printed: str = ""
    message: str | None = None
    traceback: list[str] = []


class CaseResult(Frozen):
    """What became of one case. `verdict` is null for a case that was left out, and for an own input that ran well."""

    number: int
    name: str
    verdict: Verdict | None
    skipped: bool = False
    cpu_time_s: float = 0.0
    wall_time_s: float = 0.0
    peak_memory_kib: int = 0
    time_limit: Literal["cpu", "wall", "growth"] | None = Field(
        None, description="which limit was exceeded, for TLE: a clock, or the growth of the group's CPU times"
    )
    borderline: bool = Field(False, description="the CPU time was close to its limit: the median of three runs decided")
    exception_type: str | None = Field(None, description="a built-in exception's name, or 'Exception' for any other")
    exit_code: int | None = None
    signal: int | None = None
    fault: Literal["unserialisable", "protocol"] | None = Field(None, description="an RTE that is no exception")
    denied: list[str] = Field(
        [], description="system calls that were not permitted, where the kernel tells; of a hidden case only the first"
    )
    detail: CaseDetail | None = None


class GroupResult(Frozen):
    """A group of cases: its verdict is that of its first case that is not AC."""

    name: str
    verdict: Verdict | None
    limits: Limits
    full_feedback: bool = Field(False, description="whether whoever submits is shown the cases")
    growth: Growth | None = Field(None, description="how CPU time grows with the size, in groups made to measure it")
    score: float | None = Field(None, description="of a scoring problem")
    max_score: float | None = None
    cases: list[CaseResult]


class JudgedWith(Frozen):
    """What a verdict rests on, so that it can be defended and judged again."""

    source_sha256: str
    package: str = Field(description="hash of the problem package")
    language: str
    box: str = Field(description="the backend: docker, local")
    walls: list[str] = Field(description="the walls of the jail that stood")
    runtime: str = Field(description="the interpreter or compiler in the box, with its version")
    image: str | None = Field(None, description="id of the sandbox image")
    container_runtime: str | None = Field(None, description="of a docker box, by its daemon's name: runc, crun, runsc")
    slowest_reference_s: dict[str, float] = Field({}, description="by group: CPU time the limits were made from")


class Report(Frozen):
    """The result of judging one submission."""

    verdict: Verdict | None = Field(description="null only for a run on an own input that ran well")
    cpu_time_s: float = Field(0.0, description="of the slowest case")
    wall_time_s: float = Field(0.0, description="of the slowest case")
    peak_memory_kib: int = 0
    cases_passed: int = 0
    cases_total: int = 0
    score: float | None = Field(None, description="of a scoring problem")
    max_score: float | None = Field(None, description="null also where it has no bound")
    judging_time_s: float = Field(0.0, description="wall time of the whole judging in the worker")
    compile_error: CompileError | None = None
    judge_error: str | None = Field(None, description="for JE: what failed, in a sentence without secrets")
    groups: list[GroupResult] = []
    judged_with: JudgedWith | None = None
