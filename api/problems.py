"""What can be solved. Every key sees statements and samples; hidden data and jury solutions never pass here."""

from dataclasses import asdict

from flask import Blueprint, Response

from api.auth import require_scope
from api.catalogue import LANGUAGES
from api.errors import ApiError, Kind, did_you_mean, shortened
from api.openapi import described
from api.schemas import Problem, ProblemSummary
from api.services import services
from api.views import encode

bp = Blueprint("problems", __name__, url_prefix="/api/v1/problems")
bp.before_request(require_scope("read"))


@bp.get("")
@described(tag="problems", answers={200: list[ProblemSummary]})
def list_problems() -> Response:
    """All problems, by slug."""
    listed = [
        {"slug": slug, "title": problem.title, "languages": LANGUAGES, "keywords": problem.meta.keywords}
        for slug, problem in services().catalogue.problems.items()
    ]
    return Response(encode(listed), mimetype="application/json")


@bp.get("/<slug>")
@described(tag="problems", answers={200: Problem}, refusals=(404,))
def get_problem(slug: str) -> Response:
    """One problem, with its statement and samples."""
    problems = services().catalogue.problems
    problem = problems.get(slug)
    if problem is None:
        detail = f"There is no problem {shortened(slug)!r}.{did_you_mean(slug, problems)}"
        raise ApiError(Kind.UNKNOWN_PROBLEM_PAGE, detail, accepted=sorted(problems))
    shown = {
        "slug": slug,
        "title": problem.title,
        "statement": problem.statement,
        "signature": problem.interface.signature if problem.interface else None,
        "languages": LANGUAGES,
        "samples": [asdict(sample) for sample in problem.shown],
        "limits": {"memory_mib": problem.meta.limits.memory, "output_mib": problem.meta.limits.output},
        "package": problem.hash,
    }
    return Response(encode(shown), mimetype="application/json")
