"""The logs of a real API and a real worker: one id from the request to the box, and nothing that was sent."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3

from judge.stack import Stack, StackOptions

MARKER = "QWJZ"
ECHO = f"class {MARKER}Error(Exception): pass\ndef echo(text):\n    {MARKER}local = text\n"
FILES = {
    "problem.yaml": "problem_format_version: 2025-09\nname: {en: Echo}\n",
    "interface.yaml": "function: echo\nparameters: [{name: text, type: str}]\nreturns: str\n",
    "statement/problem.en.md": "Return the text.\n",
    "data/sample/1.in": f'["{MARKER}-sample"]\n',
    "data/sample/1.ans": f'"{MARKER}-sample"\n',
    "data/secret/small/1.in": f'["{MARKER}-hidden"]\n',
    "data/secret/small/1.ans": f'"{MARKER}-hidden"\n',
    "submissions/accepted/echo.py": "def echo(text): return text\n",
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("logs")
    for name, text in FILES.items():
        path = folder / "problems" / "echo" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    broken = folder / "problems" / "broken"
    for name, text in {**FILES, "submissions/accepted/echo.py": "def echo(text): raise ValueError(text)\n"}.items():
        (broken / name).parent.mkdir(parents=True, exist_ok=True)
        (broken / name).write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUDGE_LOG_LEVEL", "debug")
        with Stack(StackOptions(folder / "data", folder / "problems", "local", workers=1)) as running:
            yield running
    for part in ("api", "worker"):  # what they say of their stop too
        assert lines(running, part)


@pytest.fixture(scope="module")
def key(stack: Stack) -> str:
    return stack.create_key("somebody")


def submit(stack: Stack, key: str, source: str, problem: str = "echo", **headers: str) -> urllib3.BaseHTTPResponse:
    body = {"problem": problem, "language": "python", "source": source, "person": f"{MARKER}-person"}
    with urllib3.PoolManager(retries=False) as pool:
        return pool.request(
            "POST", f"{stack.url}/api/v1/submissions?wait=30",
            json=body, headers={"Authorization": f"Bearer {key}", **headers},
        )  # fmt: skip


def lines(stack: Stack, part: str) -> list[dict[str, Any]]:
    """Every line, each of which must be an event."""
    text = (stack.logs / f"{part}.log").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_one_id_leads_from_the_request_to_the_judging(stack: Stack, key: str):
    answer = submit(stack, key, ECHO + "    return text", **{"X-Request-ID": "from-the-client.1"})
    submission = answer.json()
    assert submission["verdict"] == "AC"
    assert answer.headers["X-Request-ID"] == "from-the-client.1"
    (request,) = (line for line in lines(stack, "api") if line.get("submission") == submission["id"])
    assert (request["request"], request["status"]) == ("from-the-client.1", 201)
    (judged,) = (line for line in lines(stack, "worker") if line.get("submission") == submission["id"])
    assert (judged["event"], judged["verdict"]) == ("judged", "AC")
    assert judged["judging"]
    assert [line["backend"] for line in lines(stack, "worker") if line["event"] == "a box was started"]


@pytest.mark.parametrize("given", ["short", "x" * 65, "with blank in", "new\\nline0", '"quoted"', "-leading-dash"])
def test_a_request_id_that_is_no_plain_one_is_replaced(stack: Stack, key: str, given: str):
    made = submit(stack, key, "", **{"X-Request-ID": given}).headers["X-Request-ID"]
    assert made != given
    assert len(made) == 16


def test_nothing_that_was_sent_is_in_any_log(stack: Stack, key: str):
    """Nor what is hidden: sources, keys, persons, tests, and what a traceback would show."""
    for end in ("return text", "return text + text", f"raise {MARKER}Error(text)", f"print(text); {MARKER}nowhere"):
        assert submit(stack, key, f"{ECHO}    {end}").json()["verdict"] in ("AC", "WA", "RTE")
    assert submit(stack, key, f"def {MARKER}(", "echo").json()["verdict"] == "CE"
    assert submit(stack, key, ECHO, "broken").json()["verdict"] == "JE"
    assert submit(stack, key, ECHO, f"{MARKER}-problem").status == 422
    assert submit(stack, f"judge_{MARKER}", ECHO).status == 401
    assert submit(stack, key, ECHO, **{"Idempotency-Key": f"{MARKER}-key"}).status == 201
    for raw in (
        f"GET /{MARKER} HTTP/1.1\r\nAuthorization: Bearer {MARKER}\x00\r\n\r\n",
        f"{MARKER} / HTTP/9.9\r\n\r\n",
        f"GET / HTTP/1.1\r\n{MARKER}\x1b[2J: x\r\n\r\n",
    ):
        host, _, port = stack.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=10) as client:
            client.sendall(raw.encode("latin-1"))
            client.recv(1000)
    logs = {path.name: path.read_bytes() for path in stack.logs.iterdir()}
    assert set(logs) == {"api.log", "worker.log", "redis.log"}
    worker_token = stack.environment["JUDGE_WORKER_TOKEN"]
    for name, content in logs.items():
        for secret in (MARKER, key, worker_token):
            assert secret.encode() not in content, name
    assert any("Invalid request" in line["event"] for line in lines(stack, "api"))
    broken = [line["reason"] for line in lines(stack, "worker") if line["event"] == "judging failed"]
    assert broken == ["the problem package is broken: broken/submissions/accepted/echo.py"]


def test_every_line_of_api_and_worker_is_an_event(stack: Stack, key: str):
    submit(stack, key, ECHO + "    return text")
    for part in ("api", "worker"):
        for line in lines(stack, part):
            assert line["service"] == part
            assert {"time", "level", "logger", "event"} <= line.keys()
