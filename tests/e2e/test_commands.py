"""The `judge` command as people and scripts use it: exit codes, what is said where, and nothing left behind."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from leaks import descendants, eventually, gone

from judge.cli import COMMANDS

ROOT = Path(__file__).parents[2]
PYTHONPATH = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
SLUG = "two-sum"
RIGHT = """def two_sum(nums, target):
    seen = {}
    for i, n in enumerate(nums):
        if target - n in seen:
            return [seen[target - n], i]
        seen[n] = i
"""
WRONG = "def two_sum(nums, target):\n    return [0, 0]\n"
NO_DAEMON = {"DOCKER_HOST": "tcp://127.0.0.1:1"}


@dataclass
class Ended:
    code: int
    out: str
    err: str


def judge(*arguments: str | Path, **environment: str) -> Ended:
    """Run the command to its end."""
    ended = subprocess.run(
        [sys.executable, "-m", "judge.cli", *map(str, arguments)],
        capture_output=True, text=True, cwd=ROOT, timeout=60,
        env={**os.environ, "PYTHONPATH": PYTHONPATH, "COLUMNS": "140", **environment},
    )  # fmt: skip
    assert "Traceback (most recent call last)" not in ended.stderr, ended.stderr
    return Ended(ended.returncode, ended.stdout, ended.stderr)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def to_file(source: str | bytes, name: str = "solution.py") -> Path:
        path = tmp_path / name
        path.write_bytes(source if isinstance(source, bytes) else source.encode())
        return path

    return to_file


def one_sentence(text: str) -> str:
    """What was said, if it was one line and no stack of calls."""
    (line,) = text.strip().splitlines()
    assert line.startswith("judge: ")
    return line


# ---- judge check: verdicts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "code", "verdict"),
    [
        (RIGHT, 0, "AC"),
        (RIGHT.replace("two_sum", "twoSum"), 0, "AC"),
        ("class Solution:\n    def twoSum(self, nums: List[int], target: int) -> List[int]:\n"
         "        pairs = combinations(range(len(nums)), 2)\n"
         "        return next([i, j] for i, j in pairs if nums[i] + nums[j] == target)\n", 1, "TLE"),
        (WRONG, 1, "WA"),
        ("def two_sum(nums, target):\n    while True: pass\n", 1, "TLE"),
        ("def two_sum(nums, target):\n    raise KeyError(1)\n", 1, "RTE"),
        ("def two_sum(nums, target):\n    return object()\n", 1, "RTE"),
        ("def two_sum(nums, target):\n    return 'x' * 9_000_000 if len(nums) < 5 else []\n", 1, "OLE"),
        ("def two_sum(nums, target):\n    return len(nums) < 5 and [bytes(1 << 24) for _ in range(99)]\n", 1, "MLE"),
        ("def two_sum(nums, target)\n    return []\n", 1, "CE"),
        ("def something_else(): pass\n", 1, "CE"),
        ("def two_sum(nums): pass\n", 1, "CE"),
    ],
)  # fmt: skip
def test_the_exit_code_tells_accepted_from_another_verdict(
    write: Callable[..., Path], source: str, code: int, verdict: str
):
    ended = judge("check", "--box", "local", "--json", SLUG, write(source))
    assert (ended.code, json.loads(ended.out)["verdict"]) == (code, verdict), ended


def test_a_table_says_what_happened_and_where(write: Callable[..., Path]):
    ended = judge("check", "--box", "local", SLUG, write(WRONG))
    assert ended.out.startswith("WA Wrong answer")
    assert "expected [0,1]" in ended.out.replace(" ", "").replace("expected", "expected ")
    assert "sample" in ended.out
    assert "box: local" in ended.err


def test_a_syntax_error_is_shown_with_line_and_caret(write: Callable[..., Path]):
    ended = judge("check", "--box", "local", SLUG, write("x = 1\ndef two_sum(nums, target)\n    return []\n"))
    assert ended.code == 1
    assert "CE Compile error" in ended.out
    assert "line 2: expected ':'" in ended.out
    assert "def two_sum(nums, target)\n                         ^" in ended.out


def test_a_missing_function_says_what_was_looked_for_and_found(write: Callable[..., Path]):
    ended = judge("check", "--box", "local", SLUG, write("def tow_sum(nums, target): pass\n"))
    assert "looked for two_sum or twoSum or Solution.twoSum; found tow_sum" in ended.out


def test_colours_and_markup_in_a_program_stay_text(write: Callable[..., Path]):
    ended = judge(
        "check", "--box", "local", SLUG, write("def two_sum(nums, target):\n    print('[bold]\\x1b[31mred')\n")
    )
    assert ended.code == 1
    assert "[bold]" in ended.out
    assert "\x1b[31m" not in ended.out


def test_as_json_too_a_program_commands_no_terminal(write: Callable[..., Path]):
    printed = "\x9b31mred\u202eevil\x7f"
    source = f"def two_sum(nums, target):\n    print({printed!a})\n"
    ended = judge("check", "--box", "local", "--json", SLUG, write(source))
    assert ended.out.replace("\n", "").isprintable()
    samples = json.loads(ended.out)["groups"][0]["cases"]
    assert samples[0]["detail"]["printed"] == f"{printed}\n"


def test_nothing_hidden_is_printed(write: Callable[..., Path]):
    source = "def two_sum(nums, target):\n    print(f'STOLEN {nums}')\n    raise ValueError(f'STOLEN {nums}')\n"
    report = json.loads(judge("check", "--box", "local", "--json", SLUG, write(source)).out)
    hidden = [group for group in report["groups"] if group["name"] != "sample"]
    assert report["verdict"] == "RTE"
    assert "STOLEN" not in json.dumps(hidden)
    table = judge("check", "--box", "local", SLUG, write(source)).out
    assert all(f"\n{group['name']} " not in table.split("\n\n", 1)[1] for group in hidden)


def test_a_package_outside_the_problems_folder_can_be_named_by_its_path(write: Callable[..., Path]):
    assert judge("check", "--box", "local", ROOT / "problems" / SLUG, write(RIGHT)).code == 0


# ---- judge check: wrong use --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"x = 1\n\0", "holds a NUL byte at character 6"),
        (b"x = '\xe9'", "is not UTF-8: byte 5 is 0xe9"),
    ],
)
def test_a_file_that_is_no_source_is_wrong_use(write: Callable[..., Path], content: bytes, said: str):
    ended = judge("check", "--box", "local", SLUG, write(content))
    assert ended.code == 2
    assert said in ended.err
    assert ended.out == ""


def test_an_unknown_problem_lists_those_there_are(write: Callable[..., Path]):
    ended = judge("check", "--box", "local", "tow-sum", write(RIGHT))
    assert ended.code == 2
    slugs = sorted(path.parent.name for path in (ROOT / "problems").glob("*/problem.yaml"))
    assert one_sentence(ended.err) == f"judge: unknown problem 'tow-sum'; there is: {', '.join(slugs)}"


def test_an_unknown_extension_lists_those_there_are(write: Callable[..., Path]):
    ended = judge("check", "--box", "local", SLUG, write("x", "solution.txt"))
    assert ended.code == 2
    assert ".py" in one_sentence(ended.err)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check",), "Missing argument 'PROBLEM'"),
        (("check", SLUG), "Missing argument 'FILE'"),
        (("check", SLUG, "/nowhere.py"), "does not exist"),
        (("check", SLUG, "/tmp"), "is a directory"),
        (("check", "--box", "vm", SLUG, __file__), "'vm' is not one of"),
        (("check", "--box", "fake", SLUG, __file__), "'fake' is not one of"),
        (("check", "--jsno", SLUG, __file__), "No such option"),
        (("chekc",), "No such command 'chekc'"),
        (("serve", "--port", "70000"), "not in the range"),
        (("submit", SLUG, __file__), "Missing option '--key'"),
    ],
)
def test_wrong_use_is_answered_with_what_is_wrong(arguments: tuple[str, ...], said: str):
    ended = judge(*arguments)
    assert ended.code == 2
    assert said in ended.err


def test_a_broken_package_names_file_line_and_key(write: Callable[..., Path], tmp_path: Path):
    broken = tmp_path / "broken-one"
    broken.mkdir()
    (broken / "problem.yaml").write_text("problem_format_version: 2025-09\nnmae: x\n")
    ended = judge("check", "--box", "local", broken, write(RIGHT))
    assert ended.code == 2
    assert one_sentence(ended.err).startswith("judge: broken-one/problem.yaml, ")


# ---- judge check: the judge itself is at fault -------------------------------------------------------------------


def test_a_missing_daemon_is_one_sentence_with_the_remedy(write: Callable[..., Path]):
    ended = judge("check", "--box", "docker", SLUG, write(RIGHT), **NO_DAEMON)
    assert ended.code == 3
    assert one_sentence(ended.err).startswith("judge: No Docker daemon answers. Start it")
    assert ended.out == ""


def test_without_a_daemon_auto_takes_the_local_box_and_says_why(write: Callable[..., Path]):
    ended = judge("check", SLUG, write(RIGHT), **NO_DAEMON)
    assert ended.code == 0
    assert "box: local (No Docker daemon answers. local: the jail without the container around it)" in ended.err


def test_a_docker_box_judges_too(require: Callable[[str], None], write: Callable[..., Path]):
    require("docker")
    require("image")
    ended = judge("check", "--box", "docker", "--json", SLUG, write(RIGHT))
    report = json.loads(ended.out)
    assert (ended.code, report["verdict"], report["judged_with"]["box"]) == (0, "AC", "docker")


# ---- help --------------------------------------------------------------------------------------------------------


def test_help_names_the_exit_codes_every_command_and_examples():
    ended = judge("--help")
    assert ended.code == 0
    assert "Exit codes:" in ended.out
    assert "judge check two-sum solution.py" in ended.out
    for name in COMMANDS:
        assert re.search(rf"^  {name} +\w", ended.out, re.MULTILINE), name


@pytest.mark.parametrize("command", [*((name,) for name in COMMANDS), ("image", "build")], ids=" ".join)
def test_every_commands_help_shows_an_example(command: tuple[str, ...]):
    ended = judge(*command, "--help")
    assert ended.code == 0
    assert "Example" in ended.out
    assert re.search(rf"^ +judge {' '.join(command)}\b", ended.out, re.MULTILINE)


# ---- judge serve and judge submit --------------------------------------------------------------------------------


@dataclass
class Server:
    """A running `judge serve`."""

    process: subprocess.Popen[str]
    url: str
    key: str
    said: str
    data: Path
    scratch: Path

    def submit(self, path: Path, *flags: str) -> Ended:
        return judge("submit", *flags, SLUG, path, JUDGE_URL=self.url, JUDGE_API_KEY=self.key)


def start_server(data: Path, scratch: Path) -> Server:
    command = [
        sys.executable,
        "-m",
        "judge.cli",
        "serve",
        "--port",
        "0",
        "--workers",
        "1",
        "--box",
        "local",
        "--data",
        str(data),
    ]
    environment = {**os.environ, "PYTHONPATH": PYTHONPATH, "PYTHONUNBUFFERED": "1", "TMPDIR": str(scratch)}
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    said = ""
    while "curl" not in said and "exists already" not in said:
        line = process.stdout.readline()
        assert line, f"judge serve ended: {said}"
        said += line
    url = re.search(r"http://127\.0\.0\.1:\d+", said)
    key = re.search(r"API key \(shown only now\): (\S+)", said)
    assert url
    return Server(process, url[0], key[1] if key else "", said, data, scratch)


def stop_server(server: Server, number: int = signal.SIGINT) -> str:
    """Stop it; nothing may be left but the data folder. Returns what it said at the end."""
    below = descendants(server.process.pid)
    server.process.send_signal(number)
    try:
        rest, _ = server.process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        server.process.kill()
        raise
    assert len(below) >= 4  # Redis, API, worker, and the box below it
    eventually(lambda: gone(below), lambda: f"processes left: {below}")
    assert server.process.returncode == 0, rest
    assert list(server.scratch.iterdir()) == []
    return rest


@pytest.fixture(scope="module")
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="js-") as folder:  # short, for there is a socket below it
        yield Path(folder)


@pytest.fixture
def scratch_of_its_own() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="js-") as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def server(scratch: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = start_server(tmp_path_factory.mktemp("served") / "data", scratch)
    yield running
    stop_server(running)


class TestServe:
    def test_it_says_its_address_its_box_and_its_first_key(self, server: Server):
        assert "box: local (as the settings say)" in server.said
        assert ("without the wall" in server.said) == bool(os.geteuid())  # see test_non_root_serve.py
        assert server.url in server.said
        assert server.key
        assert f"{server.url}/docs" in server.said

    def test_an_accepted_solution_ends_with_zero(self, server: Server, write: Callable[..., Path]):
        ended = server.submit(write(RIGHT))
        assert ended.code == 0, ended
        assert "AC Accepted" in ended.out
        assert re.search(r"submission \S+, \d+\.\d+ s from submit to verdict", ended.out)

    @pytest.mark.parametrize(("source", "verdict"), [(WRONG, "WA"), ("def two_sum(", "CE"), ("1 / 0", "RTE")])
    def test_another_verdict_ends_with_one(self, server: Server, write: Callable[..., Path], source: str, verdict: str):
        ended = server.submit(write(source))
        assert ended.code == 1, ended
        assert ended.out.startswith(verdict)

    def test_what_was_judged_is_judged_again_and_compared_case_by_case(
        self, server: Server, write: Callable[..., Path]
    ):
        said = server.submit(write(WRONG)).out
        submission_id = re.search(r"submission (\w+),", said)
        assert submission_id
        ended = judge("replay", submission_id[1], JUDGE_URL=server.url, JUDGE_API_KEY=server.key)
        assert ended.code == 0, ended.out + ended.err
        assert "recorded WA, now WA; every case has the same verdict" in ended.out
        assert "than recorded" not in ended.out
        assert len(re.findall(r"^ *\w+ +\d+ +(?:WA|AC|left out) ", ended.out, re.MULTILINE)) >= 5
        with sqlite3.connect(server.data / "judge.sqlite3") as database:
            better = 'UPDATE reports SET report = replace(report, \'"verdict":"WA"\', \'"verdict":"AC"\')'
            assert database.execute(better + ' WHERE report LIKE \'%"verdict":"WA"%\'').rowcount
        ended = judge("replay", submission_id[1], JUDGE_URL=server.url, JUDGE_API_KEY=server.key)
        assert ended.code == 1
        assert "recorded AC, now WA" in ended.out
        assert "<-- differs" in ended.out

    def test_only_what_is_judged_can_be_judged_again(self, server: Server):
        ended = judge("replay", "0" * 32, JUDGE_URL=server.url, JUDGE_API_KEY=server.key)
        assert ended.code == 2
        assert one_sentence(ended.err) == "judge: You have no judged submission with this id."

    def test_the_printed_curl_works_as_it_is(self, server: Server):
        command = server.said[server.said.index("curl -s") :]
        process = server.process
        assert process.stdout
        while command.count("'") % 2 or command.rstrip().endswith("\\"):
            command += process.stdout.readline()
        answer = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
        assert json.loads(answer.stdout)["verdict"] == "AC"

    def test_a_problem_the_server_does_not_have_is_refused_in_its_words(
        self, server: Server, write: Callable[..., Path]
    ):
        ended = judge("submit", "tow-sum", write(RIGHT), JUDGE_URL=server.url, JUDGE_API_KEY=server.key)
        assert ended.code in (2, 3)
        assert "tow-sum" in one_sentence(ended.err) or "problem" in one_sentence(ended.err)

    def test_a_wrong_key_is_refused_in_a_sentence(self, server: Server, write: Callable[..., Path]):
        ended = judge("submit", SLUG, write(RIGHT), JUDGE_URL=server.url, JUDGE_API_KEY="judge_guessed")
        assert ended.code in (2, 3)
        assert one_sentence(ended.err)


def test_ctrl_c_leaves_nothing_but_the_data_folder_and_it_starts_again_on_that(
    scratch_of_its_own: Path, tmp_path: Path, write: Callable[..., Path]
):
    first = start_server(tmp_path / "served" / "data", scratch_of_its_own)
    assert "stopping" in stop_server(first)
    assert {path.name for path in first.data.parent.iterdir()} == {"data"}
    second = start_server(first.data, scratch_of_its_own)
    assert second.key == ""
    second.key = first.key
    assert second.submit(write(RIGHT)).code == 0
    stop_server(second, signal.SIGTERM)


def test_killed_it_leaves_no_process(scratch_of_its_own: Path, tmp_path: Path):
    doomed = start_server(tmp_path / "data", scratch_of_its_own)
    below = descendants(doomed.process.pid)
    doomed.process.kill()
    doomed.process.communicate()
    eventually(lambda: gone(below), lambda: f"processes left: {below}")


def test_no_server_is_one_sentence_and_the_judges_fault(write: Callable[..., Path]):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    ended = judge("submit", SLUG, write(RIGHT), JUDGE_URL=url, JUDGE_API_KEY="judge_x")
    assert ended.code == 3
    assert one_sentence(ended.err) == f"judge: no judge answers at {url}; is `judge serve` running?"


def test_a_port_that_is_taken_is_said_and_leaves_nothing(tmp_path: Path):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        ended = judge("serve", "--port", str(holder.getsockname()[1]), "--box", "local", "--data", tmp_path / "data")
    assert ended.code == 3
    assert one_sentence(ended.err)
