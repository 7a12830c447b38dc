"""One worker process: it fetches what it judges, distrusts what it gets, tries again, and reports in any case."""

import json
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pretend_api import RIGHT, TOKEN, WRONG, PretendApi, tar_of, tar_with, write_package

import worker.api_client
from judge.cache import Cache
from judge.errors import BoxBroken
from judge.languages import get_language
from judge.sandbox import Boxes, BoxOptions, start_box
from judge.sandbox.base import Box, BoxInfo, Job, JobResult, Talk
from worker.api_client import ApiClient, ApiUnreachable
from worker.judging import Judge
from worker.queue import JudgingTask
from worker.settings import Settings, SettingsError, from_environment


@pytest.fixture(autouse=True)
def _quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker.api_client, "_RETRIES", worker.api_client._RETRIES.new(total=1, backoff_factor=0))


@pytest.fixture
def settings(api: PretendApi, tmp_path: Path) -> Settings:
    return Settings("unix:///nowhere", api.url, TOKEN, "local", tmp_path / "cache", 1000, ())


@pytest.fixture
def client(api: PretendApi) -> Iterator[ApiClient]:
    made = ApiClient(api.url, TOKEN)
    yield made
    made._pool.clear()


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
def judge(settings: Settings, client: ApiClient, breaks: list[int], leak_detector: None) -> Iterator[Judge]:
    options = BoxOptions(get_language("python"))
    made = Judge(settings, Boxes(lambda: FlakyBox(start_box("local", options), breaks)), client)
    yield made
    made.close()


@pytest.fixture
def task(package: str) -> Callable[..., JudgingTask]:
    def make(source: str = RIGHT, **changes: Any) -> JudgingTask:
        given = {"id": "j1", "kind": "submission", "problem": "add-two", "package": package, "language": "python"}
        return JudgingTask.model_validate({**given, "source": source, **changes})

    return make


# ---- judging -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "verdict"), [(RIGHT, "AC"), (WRONG, "WA"), ("def add_two(a, b) pass", "CE"), ("1 / 0", "RTE")]
)
def test_a_submission_is_judged_and_reported(
    judge: Judge, api: PretendApi, task: Callable[..., JudgingTask], source: str, verdict: str
):
    judge.handle(task(source))
    ((judging_id, report),) = api.reports
    assert (judging_id, report["verdict"]) == ("j1", verdict)
    assert report["judged_with"]["package"] == task().package
    assert report["judged_with"]["box"] == "local"


def test_a_run_is_on_the_samples(judge: Judge, api: PretendApi, task: Callable[..., JudgingTask]):
    judge.handle(task(kind="run"))
    assert [group["name"] for group in api.reports[0][1]["groups"]] == ["sample"]


def test_a_run_is_on_an_own_input(judge: Judge, api: PretendApi, task: Callable[..., JudgingTask]):
    judge.handle(task(kind="run", input=[40, 2]))
    report = api.reports[0][1]
    assert report["verdict"] is None
    assert report["groups"][0]["cases"][0]["detail"]["output"] == "42"


@pytest.mark.parametrize("source", ["\0", "", "#" * 70_000, "def add_two(a, b): return '\\ud800'"])
def test_no_source_is_too_strange_to_be_reported(
    judge: Judge, api: PretendApi, task: Callable[..., JudgingTask], source: str
):
    judge.handle(task(source))
    assert api.reports[0][1]["verdict"] in ("CE", "RTE", "WA")


# ---- packages ----------------------------------------------------------------------------------------------------


def test_a_package_is_fetched_once_and_kept_by_its_hash(
    judge: Judge, api: PretendApi, task: Callable[..., JudgingTask], settings: Settings, package: str
):
    judge.handle(task())
    judge.handle(task(WRONG, id="j2"))
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


def test_a_package_the_api_does_not_have_is_not_judged(judge: Judge, api: PretendApi, task: Callable[..., JudgingTask]):
    with pytest.raises(ApiUnreachable, match="has no package"):
        judge.handle(task(package="0" * 64))
    assert api.reports == []


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
    judge: Judge, api: PretendApi, package: str, task: Callable[..., JudgingTask]
):
    judge.prepare_all(("all",))
    assert api.asked == ["/internal/problems", f"/internal/packages/{package}"]
    judge.handle(task())
    assert len(api.asked) == 2


# ---- faults ------------------------------------------------------------------------------------------------------


def test_a_broken_box_is_replaced_and_nobody_notices(
    judge: Judge, api: PretendApi, task: Callable[..., JudgingTask], breaks: list[int]
):
    judge.handle(task())
    breaks[0] = 2
    judge.handle(task(id="j2"))
    assert api.reports[1][1]["verdict"] == "AC"


def test_a_machine_that_fails_again_and_again_is_a_judge_error(
    judge: Judge, api: PretendApi, task: Callable[..., JudgingTask], breaks: list[int]
):
    breaks[0] = 100
    judge.handle(task(WRONG))
    report = api.reports[0][1]
    assert report["verdict"] == "JE"
    assert "the machine failed 3 times" in report["judge_error"]
    breaks[0] = 0
    judge.handle(task(id="j2"))
    assert api.reports[1][1]["verdict"] == "AC"


def test_a_broken_package_is_a_judge_error_and_only_the_log_says_more(
    judge: Judge,
    api: PretendApi,
    folder: Path,
    task: Callable[..., JudgingTask],
    caplog: pytest.LogCaptureFixture,
):
    changed = write_package(folder, **{"data/secret/small/1.ans": "77700777\n"})
    api.add(folder, changed)
    judge.handle(task(package=changed))
    report = api.reports[0][1]
    assert report["verdict"] == "JE"
    assert "the problem package is broken" in report["judge_error"]
    assert "77700777" not in json.dumps(report)
    assert "add-two/submissions/accepted/plus.py: fails small/1" in caplog.text
    assert "77700777" not in caplog.text


def test_whatever_else_goes_wrong_is_reported_too(
    judge: Judge, api: PretendApi, task: Callable[..., JudgingTask], monkeypatch: pytest.MonkeyPatch
):
    """A fault of our own that nobody foresaw must not swallow a submission."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError("nobody foresaw this")

    monkeypatch.setattr("judge.pipeline.name_verdict", fail)
    judge.handle(task())
    assert api.reports[0][1]["verdict"] == "JE"
    assert "nobody foresaw" not in json.dumps(api.reports[0][1])


@pytest.mark.parametrize("status", [401, 409, 500])
def test_a_report_that_is_not_taken_keeps_the_task_queued(
    judge: Judge, api: PretendApi, task: Callable[..., JudgingTask], status: int
):
    api.answers.append(status)
    with pytest.raises(ApiUnreachable):
        judge.handle(task())
    judge.handle(task())
    assert [judging_id for judging_id, _ in api.reports] == ["j1"]


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_report_is_sent_again_when_the_api_is_only_busy(
    judge: Judge, api: PretendApi, task: Callable[..., JudgingTask], status: int
):
    api.answers.append(status)
    judge.handle(task())
    assert api.reports[0][1]["verdict"] == "AC"


def test_a_judging_the_api_no_longer_knows_is_dropped(judge: Judge, api: PretendApi, task: Callable[..., JudgingTask]):
    api.answers.append(404)
    judge.handle(task())
    assert api.reports == []


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_report_the_api_will_never_take_becomes_a_judge_error(
    judge: Judge, api: PretendApi, task: Callable[..., JudgingTask], status: int
):
    api.answers.append(status)
    judge.handle(task())
    assert [report["verdict"] for _, report in api.reports] == ["JE"]


def test_an_api_that_is_down_keeps_the_task_queued(
    settings: Settings, judge: Judge, task: Callable[..., JudgingTask], folder: Path
):
    judge.handle(task())
    judge._api = ApiClient("http://127.0.0.1:1", TOKEN)
    with pytest.raises(ApiUnreachable, match="does not answer"):
        judge.handle(task(id="j2"))


def test_a_wrong_token_keeps_the_task_queued(judge: Judge, api: PretendApi, task: Callable[..., JudgingTask]):
    judge.handle(task())
    stranger = ApiClient(api.url, "a-guess")
    judge._api = stranger
    with pytest.raises(ApiUnreachable, match="status 401"):
        judge.handle(task(id="j2"))
    stranger._pool.clear()
    assert len(api.reports) == 1


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
    judge: Judge, settings: Settings, task: Callable[..., JudgingTask]
):
    judge.handle(task())
    assert list((settings.cache_folder / "calibration").iterdir())
    assert Cache(settings.cache_folder)
