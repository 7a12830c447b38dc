"""The package loader: a sound package, and for every way to break one the file, the line, the key and the reason."""

import os
from pathlib import Path

import pytest
from scripted import FILES, GENERATORS, write_package

from judge.errors import PackageError
from judge.models import Verdict
from judge.package import hash_folder, load_package, load_packages

PROBLEM, INTERFACE = FILES["problem.yaml"], FILES["interface.yaml"]
OPTIONS, GENERATED = "data/secret/small/test_group.yaml", "generators/generators.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "add-two"


def error_of(folder: Path, changes: dict[str, str | bytes | None]) -> PackageError:
    with pytest.raises(PackageError) as caught:
        load_package(write_package(folder, changes))
    return caught.value


def test_a_sound_package_is_read_whole(folder: Path):
    problem = load_package(write_package(folder))
    assert (problem.slug, problem.title, problem.statement) == ("add-two", "Add Two", "Add two numbers.\n")
    assert [(group.name, [case.name for case in group.cases]) for group in problem.groups] == [
        ("sample", ["1"]), ("small", ["1", "2"])
    ]  # fmt: skip
    assert [(case.input, case.answer) for case in problem.samples] == [(b"[1, 2]", b"3")]
    assert {submission.name: submission.expected.verdicts for submission in problem.jury} == {
        "accepted/plus.py": {Verdict.AC}, "wrong_answer/minus.py": {Verdict.WA}
    }  # fmt: skip
    assert [submission.name for submission in problem.accepted] == ["accepted/plus.py"]


def test_a_group_has_its_own_options(folder: Path):
    options = "cpu_multiplier: 8\ncpu_floor_s: 0.5\nmemory_mib: 64\n"
    problem = load_package(write_package(folder, {"data/secret/small/test_group.yaml": options}))
    group = problem.groups[1].options
    assert (group.cpu_multiplier, group.cpu_floor_s, group.memory_mib) == (8, 0.5, 64)


def test_a_group_of_generated_cases_needs_no_files(folder: Path):
    problem = load_package(write_package(folder, dict(GENERATORS)))
    assert [group.name for group in problem.groups] == ["sample", "big", "small"]
    assert problem.generators
    assert problem.generators.data["big"]["2"].model_dump() == {"make": "pair", "n": 7}


@pytest.mark.parametrize(
    ("name", "content", "file", "key", "line", "reason"),
    [
        ("problem.yaml", None, "problem.yaml", None, None, "the file is missing"),
        ("statement/problem.en.md", None, "statement/problem.en.md", None, None, "the file is missing"),
        ("statement/problem.en.md", b"caf\xe9", "statement/problem.en.md", None, None, "is not UTF-8 (byte 3)"),
        ("problem.yaml", b"\xff", "problem.yaml", None, None, "is not UTF-8 (byte 0)"),
        ("problem.yaml", "- a\n- b\n", "problem.yaml", None, None, "must hold keys and values"),
        ("problem.yaml", "name: x\nlimits: {memory: [\n", "problem.yaml", None, 3, "is no YAML"),
        ("problem.yaml", PROBLEM + "nmae: x\n", "problem.yaml", "nmae", 3, "unknown key; did you mean 'name'?"),
        ("problem.yaml", PROBLEM + "qqq: x\n", "problem.yaml", "qqq", 3, "unknown key; known: problem_format"),
        ("problem.yaml", PROBLEM + "limits:\n  memory: 0\n", "problem.yaml", "limits.memory", 4, "greater than 0"),
        ("problem.yaml", PROBLEM + "limits:\n  memory: lots\n", "problem.yaml", "limits.memory", 4, "valid integer"),
        ("problem.yaml", PROBLEM + "type: scored\n", "problem.yaml", "type", 3, "unknown type 'scored'"),
        ("problem.yaml", PROBLEM.replace("2025-09", "draft"), "problem.yaml", "problem_format_version", None,
         "'draft' cannot be read; there is: 2025-09"),
        ("problem.yaml", "problem_format_version: 2025-09\n", "problem.yaml", "name", None, "is missing"),
        ("interface.yaml", INTERFACE + "retruns: int\n", "interface.yaml", "retruns", 4, "did you mean 'returns'?"),
        ("interface.yaml", INTERFACE + "clas: X\n", "interface.yaml", "clas", 4, "did you mean 'class'?"),
        ("interface.yaml", INTERFACE.replace("s: int", "s: integer"), "interface.yaml", "returns", 3, "unknown type"),
        ("interface.yaml", "returns: int\n", "interface.yaml", None, None, "give either 'function' or 'class'"),
        ("data/sample/1.ans", None, "data/sample/1.ans", None, None, "the answer to this input is missing"),
        ("data/sample/1.in", "[1, 2", "data/sample/1.in", None, None, "is no JSON"),
        ("data/sample/1.ans", "NaN", "data/sample/1.ans", None, None, "is no JSON"),
        ("data/secret/small/1.ans", b'"\xff"', "data/secret/small/1.ans", None, None, "is no JSON"),
        ("data/secret/small/1.in", "[1]", "data/secret/small/1.in", None, None, "add_two takes 2 arguments"),
        ("data/sample/1.in", '["1", 2]', "data/sample/1.in", None, None, "add_two: a is str, not int"),
        ("data/secret/empty/test_group.yaml", "", "data/secret/empty", None, None, "the group has no cases"),
        (OPTIONS, "cpu_multiplyer: 2\n", OPTIONS, "cpu_multiplyer", 1,
         "did you mean 'cpu_multiplier'?"),
        (OPTIONS, "cpu_multiplier: 0.5\n", OPTIONS, "cpu_multiplier", 1,
         "greater than or equal to 1"),
        (OPTIONS, "output_validator_args: [x]\n", OPTIONS, "output_validator_args", None, "a checker takes none"),
        ("submissions/accepted/plus.py", None, "submissions/accepted", None, None, "there is no accepted solution"),
        ("submissions/acepted/x.py", "", "submissions/acepted", None, None, "no verdict is named so; known: accepted"),
        ("submissions/wrong_answer/minus.py", b"\xff", "submissions/wrong_answer/minus.py", None, None, "is not UTF-8"),
    ],
)  # fmt: skip
def test_a_fault_is_named_by_file_key_line_and_reason(
    folder: Path, name: str, content: str | bytes | None, file: str, key: str | None, line: int | None, reason: str
):
    error = error_of(folder, {name: content})
    assert (error.package, error.file, error.key, error.line) == ("add-two", file, key, line)
    assert reason in error.reason
    assert f"add-two/{file}" in str(error)


@pytest.mark.parametrize(
    ("changes", "file", "key", "reason"),
    [
        ({GENERATED: "solution: accepted/minus.py\ndata: {}\n"}, "generators.yaml", "solution", "no accepted"),
        ({"generators/generate.py": None}, "generate.py", None, "the file is missing"),
        ({GENERATED: "data: {}\n"}, "generators.yaml", "solution", "is missing"),
        ({GENERATED: "solution: accepted/plus.py\ndata: {big: {x: {n: 1}}}\n"}, "generators.yaml",
         "data.big.x.make", "is missing"),
        ({GENERATED: 'solution: accepted/plus.py\ndata: {small: {"2": {make: pair}}}\n'}, "generators.yaml",
         "data.small", "there is a file of this name too: 2"),
    ],
)  # fmt: skip
def test_a_fault_of_the_generators_is_named(
    folder: Path, changes: dict[str, str | None], file: str, key: str | None, reason: str
):
    error = error_of(folder, {**GENERATORS, **changes})
    assert (error.file, error.key) == (f"generators/{file}", key)
    assert reason in error.reason


def test_a_package_may_do_without_samples(folder: Path):
    problem = load_package(write_package(folder, {"data/sample/1.in": None, "data/sample/1.ans": None}))
    assert [group.name for group in problem.groups] == ["small"]
    assert problem.samples == ()


def test_a_package_without_any_case_is_refused(folder: Path):
    error = error_of(folder, {name: None for name in FILES if name.startswith("data/")})
    assert (error.file, error.reason) == ("data", "there are no cases")


@pytest.mark.parametrize("name", ["AddTwo", "add_two", "add two", "-add", "add--two", "ädd"])
def test_the_folders_name_is_the_slug_and_must_be_one(tmp_path: Path, name: str):
    with pytest.raises(PackageError, match="lower-case words joined by hyphens"):
        load_package(write_package(tmp_path / name))


def test_yaml_cannot_make_objects(folder: Path):
    error = error_of(folder, {"problem.yaml": PROBLEM + "license: !!python/object/apply:os.getcwd []\n"})
    assert "is no YAML" in error.reason


def test_several_packages_are_loaded_and_other_folders_left_alone(tmp_path: Path):
    write_package(tmp_path / "add-two")
    write_package(tmp_path / "add-three")
    (tmp_path / "notes").mkdir()
    assert list(load_packages(tmp_path)) == ["add-three", "add-two"]


def test_a_missing_folder_of_problems_is_named(tmp_path: Path):
    with pytest.raises(PackageError, match="no such folder"):
        load_packages(tmp_path / "nowhere")


# ---- the hash ----------------------------------------------------------------------------------------------------


def test_the_hash_is_the_same_wherever_the_package_lies(tmp_path: Path):
    assert hash_folder(write_package(tmp_path / "add-two")) == hash_folder(write_package(tmp_path / "copy" / "add-two"))


@pytest.mark.parametrize("name", FILES)
def test_the_hash_changes_with_any_byte(folder: Path, name: str):
    before = hash_folder(write_package(folder))
    path = folder / name
    path.write_bytes(path.read_bytes() + b" ")
    assert hash_folder(folder) != before


def test_the_hash_changes_with_a_name_a_new_file_and_a_lost_one(folder: Path):
    hashes = [hash_folder(write_package(folder))]
    (folder / "statement" / "problem.en.md").rename(folder / "statement" / "problem.de.md")
    hashes.append(hash_folder(folder))
    (folder / "statement" / "empty").touch()
    hashes.append(hash_folder(folder))
    (folder / "statement" / "problem.de.md").unlink()
    hashes.append(hash_folder(folder))
    assert len(set(hashes)) == 4


def test_bytes_cannot_wander_from_one_file_to_the_next(tmp_path: Path):
    one, other = tmp_path / "one", tmp_path / "other"
    for folder, first, second in ((one, "ab", "c"), (other, "a", "bc")):
        folder.mkdir()
        (folder / "1").write_text(first)
        (folder / "2").write_text(second)
    assert hash_folder(one) != hash_folder(other)


def test_what_python_and_git_leave_does_not_count(folder: Path):
    before = hash_folder(write_package(folder))
    write_package(folder, {"generators/__pycache__/x.pyc": b"x", ".git/config": "x"})
    assert hash_folder(folder) == before


@pytest.mark.parametrize("target", ["/etc/passwd", "../../elsewhere", "problem.yaml", "nowhere"])
def test_links_are_refused(folder: Path, target: str):
    write_package(folder)
    (folder / "statement" / "link").symlink_to(target)
    with pytest.raises(PackageError, match="symbolic links") as caught:
        hash_folder(folder)
    assert caught.value.file == "statement/link"


@pytest.mark.parametrize(
    ("name", "shown", "reason"),
    [
        (b"a\nb", "a\\nb", "control characters"),
        (b"caf\xe9", "caf\\udce9", "in UTF-8"),
        (b"1.in", "1.in", "neither a file"),
    ],
)
def test_what_cannot_be_sent_on_is_refused_before_it_is_opened(folder: Path, name: bytes, shown: str, reason: str):
    write_package(folder)
    path = os.path.join(os.fsencode(folder), b"data/sample", name)
    if reason == "neither a file":
        os.unlink(path)
        os.mkfifo(path)
    else:
        Path(os.fsdecode(path)).touch()
    with pytest.raises(PackageError, match=reason) as caught:
        load_package(folder)
    assert caught.value.file == f"data/sample/{shown}"


def test_a_package_too_large_to_be_sent_on_is_refused(folder: Path):
    write_package(folder)
    with (folder / "statement" / "film.mp4").open("wb") as file:
        file.truncate(201 << 20)
    with pytest.raises(PackageError, match="holds 201 MiB; at most 200"):
        load_package(folder)


def test_a_linked_folder_is_refused(folder: Path, tmp_path: Path):
    write_package(folder)
    write_package(tmp_path / "elsewhere")
    (folder / "data" / "secret" / "more").symlink_to(tmp_path / "elsewhere" / "data" / "secret" / "small")
    for read in (hash_folder, load_package):
        with pytest.raises(PackageError, match="symbolic links"):
            read(folder)


def test_the_packages_that_are_shipped_are_sound():
    problems = load_packages(Path(__file__).parents[2] / "problems")
    assert problems
    for problem in problems.values():
        assert problem.hash
        earned = {str(submission.expected) for submission in problem.jury}
        assert earned >= {Verdict.AC, Verdict.WA, Verdict.TLE}
