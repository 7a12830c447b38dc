"""One worker process: it fetches what it judges, distrusts what it gets, tries again, and reports in any case."""

import json
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from leaks import eventually
from pretend_api import RIGHT, TOKEN, WRONG, PretendApi, tar_of, tar_with, write_package

from judge.cache import Cache
from judge.errors import BoxBroken, BoxUnavailable
from judge.languages import get_language
from judge.sandbox import Boxes, BoxOptions, Census, start_box
from judge.sandbox.base import Box, BoxInfo, Job, JobResult, Talk
from worker.api_client import ApiClient, ApiUnreachable
from worker.judging import Judge
from worker.pulse import Pulse
from worker.queue import JudgingTask
from worker.settings import Settings, SettingsError, from_environment

Work = Callable[..., None]


class FlakyBox:
    """A real box that breaks before each of the next so many jobs."""

    def __init__(self, box: Box, breaks: list[int]) -> None:
        self._box, self._breaks = box, breaks

    @property
    def info(self) -> BoxInfo:
        return self._box.info

    def run(self, job: Job) -> JobResult:
        if self._breaks[0]:
            self._breaks[0] -= 1
            raise BoxBroken("the container is gone")
        return self._box.run(job)

    def talk(self, job: Job) -> Talk:
        return self._box.talk(job)

    def close(self) -> None:
        self._box.close()


@pytest.fixture
def breaks() -> list[int]:
    """How many more jobs shall find their box broken."""
    return [0]


@pytest.fixture
def stopping() -> list[bool]:
    """Whether the worker is being stopped."""
    return [False]


@pytest.fixture
def judge(
    settings: Settings, client: ApiClient, breaks: list[int], stopping: list[bool], leak_detector: None
) -> Iterator[Judge]:
    options = BoxOptions(get_language("python"))
    boxes = Boxes(lambda: FlakyBox(start_box("local", options), breaks))
    made = Judge(settings, boxes, client, lambda: stopping[0])
    yield made
    made.close()


@pytest.fixture
def work(judge: Judge, api: PretendApi) -> Work:
    def work_on(*tasks: JudgingTask) -> None:
        api.todo.extend(tasks)
        judge.work()

    return work_on


# ---- judging -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "verdict"), [(RIGHT, "AC"), (WRONG, "WA"), ("def add_two(a, b) pass", "CE"), ("1 / 0", "RTE")]
)
def test_a_submission_is_judged_and_reported(
    judge: Judge, api: PretendApi, task: Callable[..., JudgingTask], work: Work, source: str, verdict: str
):
    work(task(source))
    ((judging_id, report),) = api.reports
    assert (judging_id, report["verdict"]) == ("j1", verdict)
    assert report["judged_with"]["package"] == task().package
    assert report["judged_with"]["box"] == "local"


def test_a_run_is_on_the_samples(judge: Judge, api: PretendApi, task: Callable[..., JudgingTask], work: Work):
    work(task(kind="run"))
    assert [group["name"] for group in api.reports[0][1]["groups"]] == ["sample"]


def test_a_run_is_on_an_own_input(judge: Judge, api: PretendApi, task: Callable[..., JudgingTask], work: Work):
    work(task(kind="run", input=[40, 2]))
    report = api.reports[0][1]
    assert report["verdict"] is None
    assert report["groups"][0]["cases"][0]["detail"]["output"] == "42"


@pytest.mark.parametrize("source", ["\0", "", "#" * 70_000, "def add_two(a, b): return '\\ud800'"])
def test_no_source_is_too_strange_to_be_reported(
    judge: Judge, api: PretendApi, task: Callable[..., JudgingTask], work: Work, source: str
):
    work(task(source))
    assert api.reports[0][1]["verdict"] in ("CE", "RTE", "WA")


# ---- packages ----------------------------------------------------------------------------------------------------


def test_a_package_is_fetched_once_and_kept_by_its_hash(
    judge: Judge, api: PretendApi, task: Callable[..., JudgingTask], work: Work, settings: Settings, package: str
):
    work(task())
    work(task(WRONG, id="j2"))
    assert api.asked == [f"/internal/packages/{package}"]
    assert (settings.cache_folder / "packages" / package / "add-two" / "problem.yaml").exists()


def test_another_process_finds_it_fetched(client: ApiClient, api: PretendApi, package: str, tmp_path: Path):
    for _ in range(2):
        assert client.fetch_package("add-two", package, tmp_path / "packages").name == "add-two"
    assert len(api.asked) == 1
    assert [path.name for path in (tmp_path / "packages").iterdir()] == [package]


def test_the_same_package_under_another_slug_is_found(client: ApiClient, package: str, tmp_path: Path):
    """The hash says nothing of the folder's name, so a renamed problem has the hash it had."""
    client.fetch_package("add-two", package, tmp_path / "packages")
    renamed = client.fetch_package("sum-of-two", package, tmp_path / "packages")
    assert (renamed / "problem.yaml").exists()


def test_a_package_with_another_hash_is_refused_and_not_kept(
    client: ApiClient, api: PretendApi, folder: Path, tmp_path: Path
):
    write_package(folder)
    api.packages["0" * 64] = tar_of(folder)
    with pytest.raises(ApiUnreachable, match="another package"):
        client.fetch_package("add-two", "0" * 64, tmp_path / "packages")
    assert list((tmp_path / "packages").iterdir()) == []


def test_a_package_the_api_does_not_have_is_a_fault_of_the_machine(
    work: Work, api: PretendApi, task: Callable[..., JudgingTask]
):
    work(task(package="0" * 64))
    ((judging_id, reason),) = api.faults
    assert (judging_id, api.reports) == ("j1", [])
    assert "has no package" in reason


def entry(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize(
    "tar",
    [
        tar_with(**{"../../escaped": b"x"}),
        tar_with(**{"a/../../../escaped": b"x"}),
        tar_with(link=entry("link", tarfile.SYMTYPE, "../../..")),
        tar_with(link=entry("link", tarfile.SYMTYPE, "/etc/passwd")),
        tar_with(link=entry("link", tarfile.LNKTYPE, "/etc/passwd")),
        tar_with(one=entry("link", tarfile.SYMTYPE, ".."), **{"link/escaped": b"x"}),
        tar_with(device=entry("device", tarfile.CHRTYPE)),
        tar_with(pipe=entry("pipe", tarfile.FIFOTYPE)),
        b"no tar at all",
        b"",
        tar_with(**{"problem.yaml": b"x" * 2000})[:700],
    ],
    ids=[
        "dots",
        "hidden dots",
        "link out",
        "link to a file",
        "hard link",
        "through a link",
        "device",
        "pipe",
        "nonsense",
        "empty",
        "cut",
    ],
)
def test_a_hostile_package_is_refused_and_leaves_nothing(
    client: ApiClient, api: PretendApi, tmp_path: Path, tar: bytes
):
    api.packages["0" * 64] = tar
    before = set(tmp_path.rglob("*"))
    with pytest.raises(ApiUnreachable):
        client.fetch_package("add-two", "0" * 64, tmp_path / "packages")
    assert set(tmp_path.rglob("*")) - before <= {tmp_path / "packages"}


def test_an_absolute_path_stays_in_its_folder(client: ApiClient, api: PretendApi, tmp_path: Path):
    target = tmp_path / "escaped"
    api.packages["0" * 64] = tar_with(**{str(target): b"x"})
    with pytest.raises(ApiUnreachable):
        client.fetch_package("add-two", "0" * 64, tmp_path / "packages")
    assert not target.exists()


@pytest.fixture
def python_before_3_11_4(monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian 12 has Python 3.11.2, whose tarfile knows no filters and trusts whatever it unpacks."""
    extractall = tarfile.TarFile.extractall

    def trusting(self: tarfile.TarFile, path: str = ".", members: Any = None, *, numeric_owner: bool = False) -> None:
        extractall(self, path, members, numeric_owner=numeric_owner, filter="fully_trusted")

    monkeypatch.setattr(tarfile.TarFile, "extractall", trusting)
    for name in ("data_filter", "tar_filter", "fully_trusted_filter", "FilterError"):
        monkeypatch.delattr(tarfile, name, raising=False)


def test_an_older_python_unpacks_a_package_too(
    python_before_3_11_4: None, client: ApiClient, package: str, tmp_path: Path
):
    folder = client.fetch_package("add-two", package, tmp_path / "packages")
    assert (folder / "problem.yaml").exists()


def test_an_older_python_unpacks_nothing_out_of_its_folder(
    python_before_3_11_4: None, client: ApiClient, api: PretendApi, tmp_path: Path
):
    api.packages["0" * 64] = tar_with(**{"../../escaped": b"x"})
    with pytest.raises(ApiUnreachable):
        client.fetch_package("add-two", "0" * 64, tmp_path / "packages")
    assert not list(tmp_path.rglob("escaped"))


def test_everything_can_be_prepared_before_the_first_submission(
    judge: Judge, api: PretendApi, package: str, task: Callable[..., JudgingTask], work: Work
):
    judge.prepare_all(("all",))
    assert api.asked == ["/internal/problems", f"/internal/packages/{package}"]
    work(task())
    assert len(api.asked) == 2


# ---- faults ------------------------------------------------------------------------------------------------------


def test_a_broken_box_is_a_fault_of_the_machine_and_replaced(
    api: PretendApi, task: Callable[..., JudgingTask], work: Work, breaks: list[int]
):
    work(task())
    breaks[0] = 2
    work(task(id="j2"), task(id="j3"), task(id="j4"))
    assert api.faults == [("j2", "the container is gone"), ("j3", "the container is gone")]
    assert [(judging_id, report["verdict"]) for judging_id, report in api.reports] == [("j1", "AC"), ("j4", "AC")]


def test_a_run_on_a_broken_box_is_a_judge_error(
    api: PretendApi, task: Callable[..., JudgingTask], work: Work, breaks: list[int]
):
    work(task())
    breaks[0] = 1
    work(task(id="j2", kind="run"))
    assert (api.reports[1][1]["verdict"], api.reports[1][1]["judge_error"]) == ("JE", "the container is gone")


def test_without_a_box_nothing_is_claimed(
    settings: Settings, client: ApiClient, api: PretendApi, task: Callable[..., JudgingTask]
):
    def start() -> Box:
        if started:
            raise BoxUnavailable("no daemon answers", "start one")
        started.append(start_box("local", BoxOptions(get_language("python"))))
        return started[0]

    started: list[Box] = []
    boxes = Boxes(start)
    judge = Judge(settings, boxes, client, lambda: False)
    boxes.give_up()
    api.todo.append(task())
    with pytest.raises(BoxUnavailable):
        judge.work()
    judge.close()
    assert len(api.todo) == 1


def test_all_that_waits_is_judged_one_after_another(api: PretendApi, task: Callable[..., JudgingTask], work: Work):
    work(task(), task(WRONG, id="j2"), task(id="j3"))
    assert [(judging_id, report["verdict"]) for judging_id, report in api.reports] == [
        ("j1", "AC"), ("j2", "WA"), ("j3", "AC"),
    ]  # fmt: skip


def test_who_is_being_stopped_takes_nothing_new(
    api: PretendApi, task: Callable[..., JudgingTask], work: Work, stopping: list[bool]
):
    api.on_package = lambda: stopping.__setitem__(0, True)
    work(task(), task(id="j2"))
    assert [judging_id for judging_id, _ in api.reports] == ["j1"]
    work(task(id="j3"))
    assert [each.id for each in api.todo] == ["j2", "j3"]


def test_a_broken_package_is_a_judge_error_and_the_log_says_where(
    judge: Judge,
    api: PretendApi,
    folder: Path,
    task: Callable[..., JudgingTask],
    work: Work,
    caplog: pytest.LogCaptureFixture,
):
    changed = write_package(folder, **{"data/secret/small/1.ans": "77700777\n"})
    api.add(folder, changed)
    work(task(package=changed))
    report = api.reports[0][1]
    assert report["verdict"] == "JE"
    assert "the problem package is broken" in report["judge_error"]
    assert "77700777" not in json.dumps(report)
    logged = str([vars(each) for each in caplog.records])
    assert "add-two/submissions/accepted/plus.py" in logged
    assert "77700777" not in logged


def test_whatever_else_goes_wrong_is_reported_too(
    judge: Judge, api: PretendApi, task: Callable[..., JudgingTask], work: Work, monkeypatch: pytest.MonkeyPatch
):
    """A fault of our own that nobody foresaw must not swallow a submission."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError("nobody foresaw this")

    monkeypatch.setattr("judge.pipeline.name_verdict", fail)
    work(task())
    assert api.reports[0][1]["verdict"] == "JE"
    assert "nobody foresaw" not in json.dumps(api.reports[0][1])


@pytest.mark.parametrize("status", [401, 409, 500])
def test_a_report_that_is_not_taken_is_offered_again(
    api: PretendApi, task: Callable[..., JudgingTask], work: Work, status: int
):
    api.answers.extend([status] * 3)
    work(task())
    assert [judging_id for judging_id, _ in api.reports] == ["j1"]


def test_a_report_that_nobody_takes_does_not_hold_up_a_stop(
    api: PretendApi, task: Callable[..., JudgingTask], work: Work, stopping: list[bool]
):
    api.on_package = lambda: stopping.__setitem__(0, True)
    api.answers.extend([500] * 3)
    with pytest.raises(ApiUnreachable):
        work(task())


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_report_is_sent_again_when_the_api_is_only_busy(
    judge: Judge, api: PretendApi, task: Callable[..., JudgingTask], work: Work, status: int
):
    api.answers.append(status)
    work(task())
    assert api.reports[0][1]["verdict"] == "AC"


def test_a_judging_the_api_no_longer_knows_is_dropped(
    judge: Judge, api: PretendApi, task: Callable[..., JudgingTask], work: Work
):
    api.answers.append(404)
    work(task())
    assert api.reports == []


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_report_the_api_will_never_take_becomes_a_judge_error(
    judge: Judge, api: PretendApi, task: Callable[..., JudgingTask], work: Work, status: int
):
    api.answers.append(status)
    work(task())
    assert [report["verdict"] for _, report in api.reports] == ["JE"]


@pytest.mark.parametrize(
    ("url", "token", "said"), [("http://127.0.0.1:1", TOKEN, "not answer"), ("", "x", "status 401")]
)
def test_an_api_that_says_nothing_is_named(settings: Settings, api: PretendApi, url: str, token: str, said: str):
    stranger = ApiClient(url or api.url, token, "w", ["python"])
    for ask in (stranger.claim, lambda: stranger.sign_of_life(None)):
        with pytest.raises(ApiUnreachable, match=said):
            ask()
    stranger.close()


def test_signs_of_life_tell_what_is_being_judged(api: PretendApi, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("worker.pulse._EVERY_S", 0.01)
    at_work: list[str | None] = [None]
    pulse = Pulse(ApiClient(api.url, TOKEN, "w", ["python"]), lambda: at_work[0], Census())
    pulse.start()
    eventually(lambda: api.signs)
    at_work[0] = "j1"
    eventually(lambda: "j1" in api.signs)
    pulse.stop()


# ---- settings ----------------------------------------------------------------------------------------------------

NEEDED = {"JUDGE_REDIS_URL": "redis://r", "JUDGE_API_URL": "http://api/", "JUDGE_WORKER_TOKEN": "t"}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_settings_come_from_the_environment(environment: pytest.MonkeyPatch):
    environment.setenv("JUDGE_PRELOAD", "one two")
    environment.setenv("JUDGE_RECYCLE_AFTER", "7")
    found = from_environment()
    assert (found.api_url, found.box, found.preload, found.recycle_after) == ("http://api", "auto", ("one", "two"), 7)


@pytest.mark.parametrize("name", NEEDED)
def test_a_missing_setting_is_named(environment: pytest.MonkeyPatch, name: str):
    environment.delenv(name)
    with pytest.raises(SettingsError, match=name):
        from_environment()


def test_the_token_can_lie_in_a_file(environment: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "token").write_text("from-the-file\n")
    environment.setenv("JUDGE_WORKER_TOKEN_FILE", str(tmp_path / "token"))
    assert from_environment().worker_token == "from-the-file"
    environment.setenv("JUDGE_WORKER_TOKEN_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(SettingsError, match="JUDGE_WORKER_TOKEN_FILE"):
        from_environment()


@pytest.mark.parametrize("value", ["0", "-1", "x", "", "1.5"])
def test_a_number_must_be_one(environment: pytest.MonkeyPatch, value: str):
    environment.setenv("JUDGE_RECYCLE_AFTER", value)
    with pytest.raises(SettingsError, match="JUDGE_RECYCLE_AFTER"):
        from_environment()


def test_a_cache_shared_with_other_processes_is_used(
    judge: Judge, settings: Settings, task: Callable[..., JudgingTask], work: Work
):
    work(task())
    assert list((settings.cache_folder / "calibration").iterdir())
    assert Cache(settings.cache_folder)
