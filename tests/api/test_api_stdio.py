"""Problems that whole programs solve: how they are shown, and what an own input is to them."""

from pathlib import Path

import pytest
from api_help import Caller, caller_of, settings_for
from flask import Flask

PROGRAM = "print(sum(map(int, input().split())))\n"
FILES = {
    "statement/problem.en.md": "Add.\n",
    "data/sample/1.in": "1 2\n",
    "data/sample/1.ans": "3\n",
    "data/secret/1.in": "40 2\n",
    "data/secret/1.ans": "42\n",
    "submissions/accepted/add.py": PROGRAM,
}
HEAD = "problem_format_version: 2025-09\nname: Add\n"


@pytest.fixture
def caller(make_app: object, redis_server: object, tmp_path: Path) -> Caller:
    problems = {
        "plain": {"problem.yaml": HEAD, "data/sample/1.in.statement": "1 and 2\n"},
        "talking": {
            "problem.yaml": f"{HEAD}type: interactive\n",
            "output_validator/talk.py": "import sys\nsys.exit(42)\n",
            "data/sample/1.interaction": "<1 2\n>3\n",
        },
    }
    for slug, more in problems.items():
        for name, text in {**FILES, **more}.items():
            path = tmp_path / "problems" / slug / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    app: Flask = make_app(settings_for(redis_server.url, tmp_path / "problems"))  # type: ignore[operator, attr-defined]
    return caller_of(app)


def test_a_whole_program_has_no_signature_and_samples_as_they_are_to_be_shown(caller: Caller) -> None:
    problem = caller.get("/api/v1/problems/plain").json
    assert problem["signature"] is None
    assert problem["samples"] == [{"name": "1", "input": "1 and 2\n", "output": "3\n", "interaction": None}]


def test_an_interaction_is_shown_and_not_what_only_the_judge_reads(caller: Caller) -> None:
    problem = caller.get("/api/v1/problems/talking").json
    assert problem["samples"] == [{"name": "1", "input": "", "output": "", "interaction": "<1 2\n>3\n"}]


@pytest.mark.parametrize(
    ("problem", "value", "status", "reason"),
    [
        ("plain", "5 6\n", 202, None),
        ("plain", "", 202, None),
        ("plain", [5, 6], 422, "The input of a whole program is a text"),
        ("plain", None, 422, "The input of a whole program is a text"),
        ("plain", "\ud800", 422, "surrogate"),
        ("talking", "5 6\n", 422, "a run is on its samples only"),
    ],
)
def test_an_own_input_is_text_where_there_is_one(
    caller: Caller, problem: str, value: object, status: int, reason: str | None
) -> None:
    body = {"problem": problem, "language": "python", "source": PROGRAM, "input": value}
    response = caller.post("/api/v1/runs?wait=0", json=body)
    assert response.status_code == status
    assert reason is None or (response.json["field"] == "input" and reason in response.json["detail"])
