"""The canary: a new box first runs its language's smoke program, and judges nobody unless that ends as it should.

Without it a broken interpreter or image would be told as the fault of every submission: CE, or RTE. It costs some
hundredths of a second a box. What breaks while a box lives is found by the next one only.
"""

from judge.errors import BoxBroken, BoxUnavailable
from judge.languages import Language
from judge.models import Limits
from judge.sandbox.base import Box, Input, Job, JobResult

_ENTRY = {"kind": "function", "name": "smoke_test", "parameters": ["any"], "returns": "any"}
_INPUT, _OUTPUT = b"[[1,2,3]]", b"[10000,6]"
_LIMITS = Limits(cpu_time_s=5, wall_time_s=20, memory_mib=256, output_mib=1)


def tried(box: Box, language: Language) -> Box:
    """The box, when it can judge. Raises BoxUnavailable when it cannot; it is closed then."""
    try:
        wrong = fault(smoke(box, language.smoke_source))
    except BoxBroken as exc:
        wrong = str(exc)
    except BaseException:
        box.close()
        raise
    if wrong:
        box.close()
        remedy = "Build the image anew (judge image build), or mend this machine's Python; then run `judge doctor`."
        raise BoxUnavailable(f"A box of {language.name} cannot run its smoke program: {wrong}.", remedy)
    return box


def smoke(box: Box, source: str, runs: int = 1) -> JobResult:
    """What becomes of a smoke program in this box. Raises MachineFault."""
    return box.run(Job(source, _ENTRY, [Input.of(_INPUT)] * runs, _LIMITS, show=True))


def fault(result: JobResult) -> str | None:
    """How the smoke program failed; None when it did not."""
    if result.compile_error:
        return f"it does not load: {result.compile_error.message}"
    if not result.runs:
        return "it does not load"
    failed = next((run for run in result.runs if run.output != _OUTPUT), None)
    if failed is None:
        return None
    return failed.failure.message or failed.failure.type if failed.failure else failed.ended
