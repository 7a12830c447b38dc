"""judge import: sound packages from folders and archives, and every trap an archive can be."""

import io
import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from packages import LEGACY, STDIO, Files, cases, write

from judge.commands.import_ import command, slug_of
from judge.errors import PackageError, WrongUse
from judge.package import load_package, unpack
from judge.package.unpack import MOST_FILES

Entry = tuple[zipfile.ZipInfo | str, bytes]


def run(source: Path, into: Path, *options: str) -> Result:
    return CliRunner().invoke(command, [str(source), "--into", str(into), *options])


def import_(source: Path, into: Path, *options: str) -> None:
    """Import, and let errors through."""
    result = run(source, into, *options)
    if result.exception:
        raise result.exception


def package(files: Files = STDIO, below: str = "") -> list[Entry]:
    return [(f"{below}{name}", str(text).encode()) for name, text in files.items()]


def archive(path: Path, entries: list[Entry]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries:
            made.writestr(name, data)
    return path


def info(name: str, mode: int = stat.S_IFREG | 0o644, **fields: int) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    for field, value in fields.items():
        setattr(made, field, value)
    return made


def patched(path: Path, old: bytes, new: bytes) -> Path:
    """The archive with other bytes in it: what no tool would write."""
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))
    return path


def refused(source: Path, into: Path) -> PackageError:
    with pytest.raises(PackageError) as caught:
        import_(source, into)
    assert not into.exists() or not list(into.iterdir()), "nothing is left of what was refused"
    return caught.value


# ---- what is taken -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("files", [STDIO, LEGACY])
@pytest.mark.parametrize("below", ["", "hello/"])
def test_an_archive_is_imported_with_and_without_a_folder_in_it(tmp_path: Path, files: Files, below: str):
    junk: list[Entry] = [("__MACOSX/x", b"x"), (f"{below}.git/config", b"x"), (f"{below}data/secret/.1.in.swp", b"x")]
    source = archive(tmp_path / "Hello_World.kpp", [*package(files, below), *junk])
    result = run(source, tmp_path / "problems")
    assert result.exit_code == 0, result.exception
    assert "Add Two, pass-fail, solved by whole programs" in result.output
    assert "secret: 1 cases" in result.output
    names = {path.relative_to(tmp_path / "problems" / "hello-world").as_posix()
             for path in (tmp_path / "problems" / "hello-world").rglob("*") if path.is_file()}  # fmt: skip
    assert names == set(files)
    assert sorted(path.name for path in (tmp_path / "problems").iterdir()) == ["hello-world"]


def test_a_folder_is_imported_and_its_links_become_files(tmp_path: Path):
    source = write(tmp_path / "source" / "hello", {**STDIO, "submissions/accepted/other.cpp": "", ".git/config": "x"})
    (source / "data/secret/2.in").symlink_to("1.in")
    (source / "data/secret/2.ans").symlink_to(source / "data/secret/1.ans")
    result = run(source, tmp_path / "problems")
    assert result.exit_code == 0, result.exception
    assert "not judged here (another language, or several files): accepted/other.cpp" in result.output
    problem = load_package(tmp_path / "problems" / "hello")
    assert [case.input for case in problem.groups[1].cases] == [b"10 20\n", b"10 20\n"]
    assert not (tmp_path / "problems" / "hello" / ".git").exists()


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Two_Sum (1).zip", "two-sum-1"), ("hello.kpp", "hello"), ("A.B.zip", "a-b"), ("3sum.zip", "3sum")],
)
def test_the_slug_comes_from_the_name(tmp_path: Path, name: str, slug: str):
    assert slug_of(archive(tmp_path / name, [])) == slug
    (tmp_path / "dir" / name).mkdir(parents=True)
    assert slug_of(tmp_path / "dir" / name).startswith(slug)


def test_a_name_without_letters_is_refused(tmp_path: Path):
    with pytest.raises(WrongUse, match="call it by letters and digits"):
        import_(archive(tmp_path / "é.zip", []), tmp_path / "problems")


def test_a_package_that_is_there_is_only_replaced_when_told(tmp_path: Path):
    problems = tmp_path / "problems"
    import_(archive(tmp_path / "hello.zip", package()), problems)
    archive(tmp_path / "hello.zip", package({**STDIO, **cases("secret/2")}))
    with pytest.raises(WrongUse, match="hello already"):
        import_(tmp_path / "hello.zip", problems)
    assert len(load_package(problems / "hello").groups[1].cases) == 1
    import_(tmp_path / "hello.zip", problems, "--replace")
    assert len(load_package(problems / "hello").groups[1].cases) == 2
    assert [path.name for path in problems.iterdir()] == ["hello"]


def test_a_broken_package_replaces_nothing(tmp_path: Path):
    problems = tmp_path / "problems"
    import_(archive(tmp_path / "hello.zip", package()), problems)
    archive(tmp_path / "hello.zip", package({**STDIO, "problem.yaml": "nmae: x\n"}))
    with pytest.raises(PackageError):
        import_(tmp_path / "hello.zip", problems, "--replace")
    assert load_package(problems / "hello").title == "Add Two"
    assert [path.name for path in problems.iterdir()] == ["hello"]


@pytest.mark.parametrize(
    ("changes", "file", "reason"),
    [
        (
            {"problem.yaml": "name: x\nnmae: y\n", "statement/problem.en.md": None},
            "problem.yaml",
            "did you mean 'name'?",
        ),
        ({"statement/problem.en.md": None}, "statement/problem.en.md", "the file is missing"),
        ({"data/secret/1.ans": None}, "data/secret/1.ans", "the answer to this input is missing"),
    ],
)
def test_a_package_that_is_not_sound_is_refused_as_when_loaded(tmp_path: Path, changes: Files, file: str, reason: str):
    files = {name: text for name, text in {**STDIO, **changes}.items() if text is not None}
    error = refused(archive(tmp_path / "hello.zip", package(files)), tmp_path / "problems")
    assert (error.package, error.file) == ("hello", file)
    assert reason in error.reason


def test_texts_that_are_no_utf_8_are_refused(tmp_path: Path):
    entries: list[Entry] = [*package(), ("submissions/accepted/x.py", b"# caf\xe9")]
    error = refused(archive(tmp_path / "hello.zip", entries), tmp_path / "problems")
    assert (error.file, error.reason) == ("submissions/accepted/x.py", "is not UTF-8 (byte 5)")


# ---- traps -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("../evil", "must not lead out of the archive"),
        ("data/../../evil", "must not lead out of the archive"),
        ("data/./x", "must not lead out of the archive"),
        ("data//x", "must not lead out of the archive"),
        ("/etc/evil", "must be relative, with forward slashes"),
        ("C:/evil", "must be relative, with forward slashes"),
        ("c:evil", "must be relative, with forward slashes"),
        ("data\\evil", "must be relative, with forward slashes"),
        ("..\\evil", "must be relative, with forward slashes"),
        ("data/a\nb", "holds control characters"),
        ("data/a\x1b[2J", "holds control characters"),
        ("data/" + "x" * 256, "longer than 255 bytes"),
        ("/".join("x" * 13), "deeper than 12 folders"),
        (info("link", stat.S_IFLNK | 0o777), "is a link"),
        (info("pipe", stat.S_IFIFO | 0o644), "is neither a file nor a folder"),
        (info("device", stat.S_IFBLK | 0o644), "is neither a file nor a folder"),
        (info("lzma", compress_type=zipfile.ZIP_LZMA), "packed by a method that is not taken"),
        (info("bzip2", compress_type=zipfile.ZIP_BZIP2), "packed by a method that is not taken"),
        ("Problem.yaml", "has the same name as problem.yaml, but for upper and lower case"),
        ("problem.yaml/x", "lies in problem.yaml, which is a file"),
    ],
)
def test_an_entry_that_could_do_harm_is_refused(tmp_path: Path, entry: zipfile.ZipInfo | str, reason: str):
    entries: list[Entry] = [*package(), (entry, b"evil")]
    error = refused(archive(tmp_path / "hello.zip", entries), tmp_path / "problems")
    assert reason in error.reason
    assert str(error).isprintable(), "the name cannot play with the terminal"
    assert sorted(path.name for path in tmp_path.iterdir()) in (["hello.zip"], ["hello.zip", "problems"])


def test_a_name_given_twice_is_refused(tmp_path: Path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        archive(tmp_path / "hello.zip", [*package(), *package()])
    error = refused(tmp_path / "hello.zip", tmp_path / "problems")
    assert (error.file, error.reason) == ("data/sample/1.in", "is in it twice")


def test_a_name_cut_short_by_a_nul_is_refused(tmp_path: Path):
    source = archive(tmp_path / "hello.zip", [*package(), ("notes/aXb", b"")])
    error = refused(patched(source, b"notes/aXb", b"notes/a\0b"), tmp_path / "problems")
    assert (error.file, error.reason) == ("notes/a\\x00b", "its name holds control characters")


def test_an_encrypted_archive_is_refused(tmp_path: Path):
    source = archive(tmp_path / "hello.zip", package())
    data = bytearray(source.read_bytes())
    entry = data.index(b"PK\x01\x02")
    data[entry + 8] |= 1
    source.write_bytes(bytes(data))
    assert refused(source, tmp_path / "problems").reason == "is encrypted"


def test_names_in_an_old_encoding_are_refused(tmp_path: Path):
    source = archive(tmp_path / "hello.zip", [*package(), ("data/secret/cafX.in", b"")])
    error = refused(patched(source, b"cafX.in", b"caf\x82.in"), tmp_path / "problems")
    assert error.reason == "its name is not in ASCII and not marked as UTF-8"


def test_names_that_only_say_they_are_utf_8_are_refused(tmp_path: Path):
    source = archive(tmp_path / "hello.zip", [*package(), ("notes/é", b"")])
    error = refused(patched(source, "notes/é".encode(), b"notes/\xff\xff"), tmp_path / "problems")
    assert error.reason == "a name in it is said to be UTF-8 and is not"


def test_a_file_packed_far_beyond_what_data_is_is_refused_while_it_comes_out(tmp_path: Path):
    source = archive(tmp_path / "hello.zip", [*package(), ("data/secret/2.in", b"\0" * (12 << 20))])
    error = refused(source, tmp_path / "problems")
    assert (error.file, error.reason) == ("data/secret/2.in", "unpacks to more than 500 times its size")


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(unpack, "MOST_BYTES", 3 << 20)
    entries: list[Entry] = [(f"notes/{number}", b"\0" * (1 << 20)) for number in range(4)]
    error = refused(archive(tmp_path / "hello.zip", [*package(), *entries]), tmp_path / "problems")
    assert error.reason == "unpacks to more than 3 MiB"


def test_an_archive_that_is_too_large_itself_is_refused(tmp_path: Path):
    with (tmp_path / "hello.zip").open("wb") as file:
        file.truncate(201 << 20)
    assert refused(tmp_path / "hello.zip", tmp_path / "problems").reason == "is larger than 200 MiB"


def test_a_header_that_lies_about_the_size_gains_nothing(tmp_path: Path):
    source = archive(tmp_path / "hello.zip", [*package(), ("data/secret/2.in", b"\0" * (12 << 20))])
    error = refused(patched(source, struct.pack("<L", 12 << 20), struct.pack("<L", 5)), tmp_path / "problems")
    assert "no sound ZIP archive" in error.reason


def test_too_many_entries_are_refused(tmp_path: Path):
    entries: list[Entry] = [(f"notes/{number}", b"") for number in range(MOST_FILES)]
    source = archive(tmp_path / "hello.zip", [*package(), *entries])
    assert refused(source, tmp_path / "problems").reason == "has more than 20,000 entries"


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\x03\x04" + b"\0" * 30])
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes):
    (tmp_path / "hello.zip").write_bytes(data)
    assert "no sound ZIP archive" in refused(tmp_path / "hello.zip", tmp_path / "problems").reason


def test_an_archive_cut_or_changed_on_the_way_is_refused(tmp_path: Path):
    whole = archive(tmp_path / "hello.zip", package()).read_bytes()
    (tmp_path / "hello.zip").write_bytes(whole[: len(whole) // 2])
    assert "no sound ZIP archive" in refused(tmp_path / "hello.zip", tmp_path / "problems").reason
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as made:
        for name, text in STDIO.items():
            made.writestr(name, str(text))
    (tmp_path / "hello.zip").write_bytes(stored.getvalue().replace(b"name: Add Two", b"name: Bad Two"))
    assert "Bad CRC-32" in refused(tmp_path / "hello.zip", tmp_path / "problems").reason


@pytest.mark.parametrize("entries", [[], package(below="a/b/"), [*package(below="a/"), *package(below="b/")]])
def test_an_archive_without_a_package_at_its_top_is_refused(tmp_path: Path, entries: list[Entry]):
    error = refused(archive(tmp_path / "hello.zip", entries), tmp_path / "problems")
    assert (error.file, error.reason) == (
        "problem.yaml", "is neither at the top of the archive nor in a single folder there"
    )  # fmt: skip


# ---- folders -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["/etc/hostname", "../../secret.txt", "nowhere", "../data"])
def test_a_link_out_of_the_folder_or_to_a_folder_is_refused(tmp_path: Path, target: str):
    (tmp_path / "secret.txt").write_text("secret")
    source = write(tmp_path / "hello", STDIO)
    (source / "statement" / "link").symlink_to(target)
    error = refused(source, tmp_path / "problems")
    assert (error.file, error.reason) == ("statement/link", "is no file of the package, and no link to one")


def test_a_pipe_in_a_folder_is_refused_and_not_opened(tmp_path: Path):
    source = write(tmp_path / "hello", STDIO)
    os.mkfifo(source / "data" / "secret" / "2.in")
    assert refused(source, tmp_path / "problems").file == "data/secret/2.in"


def test_a_folder_that_is_too_large_is_refused(tmp_path: Path):
    source = write(tmp_path / "hello", STDIO)
    with (source / "film.mp4").open("wb") as file:
        file.truncate(201 << 20)
    assert refused(source, tmp_path / "problems").reason == "is larger than 200 MiB"
