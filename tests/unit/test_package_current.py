"""Packages of 2025-09 from elsewhere: all keys of the format, whole programs, validators, jury rules, scores."""

from pathlib import Path

import pytest
from packages import STDIO, WITHOUT_SECRET, Files, cases, write

from judge.errors import PackageError
from judge.models import Verdict
from judge.package import Problem, load_package

BASE = "problem_format_version: 2025-09\nname: Add Two\n"
GROUP = "data/secret/test_group.yaml"
ALL_KEYS = """\
problem_format_version: 2025-09
type: [scoring, interactive]
name: {en: Guess, pt-BR: Adivinhe}
uuid: acde070d-8c4c-4f0d-9d8a-162843c10333
version: "1.2"
credits:
  authors: [Ada <ada@mail.example>, {name: Bob, email: bob@mail.example, orcid: 0000-0001, kattis: bob}]
  contributors: Carol
  testers: [Dan]
  translators: {pt-BR: [Eva]}
  packagers: Finn
  acknowledgements: Gus
source: [{name: A Contest, url: "https://contest.example"}, Another]
license: cc by-sa
embargo_until: 2030-01-01
limits:
  time_multipliers: {ac_to_time_limit: 3, time_limit_to_tle: 1.5}
  time_limit: 2.5
  time_resolution: 0.5
  memory: 512
  output: 16
  code: 64
  compilation_time: 10
  compilation_memory: 100
  validation_time: 10
  validation_memory: 100
  validation_output: 1
keywords: [games, search]
languages: [cpp, python3]
allow_file_writing: false
constants: {limit: 100, name: Ann, half: 0.5}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "add-two"


def load(folder: Path, changes: Files | None = None) -> Problem:
    return load_package(write(folder, {**STDIO, **(changes or {})}))


def error_of(folder: Path, changes: Files) -> PackageError:
    with pytest.raises(PackageError) as caught:
        load(folder, changes)
    return caught.value


# ---- problem.yaml ------------------------------------------------------------------------------------------------


def test_every_key_of_the_format_is_read(folder: Path):
    problem = load(
        folder,
        {
            "problem.yaml": ALL_KEYS,
            "statement/problem.pt-BR.tex": "Adivinhe {{limit}}.",
            "statement/problem.en.md": "Guess a number up to {{limit}}, {{name}}; {{unknown}} stays.",
            "output_validator/validate.py": "LIMIT = {{limit}}\n",
            "submissions/accepted/plus.py": "print({{half}})\n",
        },
    )
    assert (problem.scoring, problem.interactive, problem.interface) == (True, True, None)
    assert (problem.title, problem.meta.keywords) == ("Guess", ("games", "search"))
    assert problem.statement == "Guess a number up to 100, Ann; {{unknown}} stays."
    assert problem.validator
    assert (problem.validator.main, problem.validator.files) == ("validate.py", {"validate.py": "LIMIT = 100\n"})
    assert problem.accepted[0].source == "print(0.5)\n"
    assert (problem.meta.limits.memory, problem.meta.limits.output) == (512, 16)
    options = problem.groups[1].options
    assert (options.cpu_multiplier, options.cpu_floor_s) == (3, 2.5), "the package's own times hold for its groups"


def test_a_stdio_problem_is_raw_bytes_and_has_the_memory_of_a_whole_program(folder: Path):
    problem = load(folder, {"data/secret/1.in": b" 1 \xff\n\n", "data/secret/1.ans": b""})
    assert [(case.input, case.answer) for case in problem.groups[1].cases] == [(b" 1 \xff\n\n", b"")]
    assert problem.meta.limits.memory == 1024


def test_the_english_statement_is_preferred_and_markdown_to_latex(folder: Path):
    named = {"problem.yaml": BASE.replace("Add Two", "{de: Zwei, en: Two, sv: Tva}")}
    texts: Files = {f"statement/problem.{name}": name for name in ("de.md", "en.tex", "en.md", "sv.pdf")}
    assert load(folder, {**named, **texts}).statement == "en.md"


def test_a_latex_statement_has_its_constants_and_a_pdf_is_named(tmp_path: Path):
    constants = {"problem.yaml": BASE + "constants: {n: 7}\n", "statement/problem.en.md": None}
    tex = load(tmp_path / "one", {**constants, "statement/problem.en.tex": "Up to \\constant{n}, {{n}}."})
    assert tex.statement == "Up to 7, {{n}}."
    pdf = load(tmp_path / "two", {**constants, "statement/problem.en.pdf": b"%PDF \xff"})
    assert "statement/problem.en.pdf" in pdf.statement


@pytest.mark.parametrize(
    ("text", "key", "line", "reason"),
    [
        (BASE + "type: [pass-fail, multi-pass]\n", "type", 3, "multi-pass is not supported by this judge"),
        (BASE + "type: submit-answer\n", "type", 3, "submit-answer is not supported by this judge"),
        (BASE + "type: [pass-fail, scoring]\n", "type", 3, "exclude each other"),
        (BASE + "type: [scoring, scoring]\n", "type", 3, "none of them twice"),
        (BASE + "type: []\n", "type", 3, "at least one type"),
        (BASE + "type: interactive\n", "type", None, "an interactive problem needs an output validator"),
        (BASE + "limits:\n  memory: 64\n  tme_limit: 3\n", "limits.tme_limit", 5, "did you mean 'time_limit'?"),
        (BASE + "limits:\n  validation_passes: 3\n", "limits.validation_passes", 4, "not supported"),
        (BASE + "limits: {time_limit: 0}\n", "limits.time_limit", 3, "greater than 0"),
        (BASE + "limits: {memory: 4096}\n", "limits.memory", 3, "less than or equal to 2048"),
        (BASE + "limits:\n  time_multipliers:\n    ac_to_time_limit: .5\n",
         "limits.time_multipliers.ac_to_time_limit", 5, "greater than or equal to 1"),
        (BASE + "credits:\n  authors:\n  - Ann\n  - name: Bob\n    mail: x\n", "credits.authors.1.mail", 7,
         "did you mean 'email'?"),
        (BASE + "credits:\n  author: Ann\n", "credits.author", 4, "did you mean 'authors'?"),
        (BASE + "source: {url: x}\n", "source.name", 3, "is missing"),
        (BASE + "license: mit\n", "license", 3, "'unknown', 'public domain'"),
        (BASE + "license: public domain\nrights_owner: me\n", None, None, "has no 'rights_owner'"),
        (BASE + "license: cc by\n", None, None, "needs a 'rights_owner'"),
        (BASE + "languages: [cpp, java]\n", "languages", 3, "python3 is not among them"),
        (BASE + "allow_file_writing: true\n", "allow_file_writing", 3, "not supported by this judge"),
        (BASE + "constants: {2x: 1}\n", None, None, "a constant cannot be named '2x'"),
        (BASE + "constants: {x: true}\n", "constants.x", 3, "must be text"),
        (BASE + "version: 1.0\n", "version", 3, "must be text; put it in quotes"),
        (BASE + "name: Twice\n", "name", 3, "the key is given twice"),
        (BASE + "limits:\n  memory: 1\n  output: 1\n  memory: 2\n", "limits.memory", 6, "the key is given twice"),
        ("problem_format_version: 2025-09\nname: {sv: Tva}\n", "name", None, "is given in sv, but statements"),
        ("problem_format_version: 2025-09\nname: {english: Two}\n", "name", 2, "'english' is no language code"),
        ("problem_format_version: 2025-09\nname: ' '\n", "name", 2, "must not be empty"),
        ("problem_format_version: 2023-07-draft\nname: x\n", "problem_format_version", None, "there is: 2025-09"),
        ("name: Add Two\n", "problem_format_version", None, "a package with statement/ must say 2025-09"),
    ],
)  # fmt: skip
def test_a_fault_of_problem_yaml_is_named_by_key_and_line(
    folder: Path, text: str, key: str | None, line: int | None, reason: str
):
    error = error_of(folder, {"problem.yaml": text})
    assert (error.file, error.key, error.line) == ("problem.yaml", key, line)
    assert reason in error.reason


# ---- YAML itself -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: &a [x]\nb: &b [*a, *a]\n" + "".join(
            f"c{n}: &c{n} [{', '.join(['*' + (f'c{n - 1}' if n else 'b')] * 9)}]\n" for n in range(9)),
         8, "is too large"),
        ("a: &a [*a]\n", 1, "an alias stands inside what it repeats"),
        ("[a, b]: c\n", 1, "a key must be a single word"),
        ("a: " + "[" * 2000, 1, "nesting"),
        ("a: \x01", None, "is no YAML"),
        ("a: 2025-13-45\n", None, "is no YAML"),
        ("just words", None, "must hold keys and values"),
    ],
)  # fmt: skip
def test_yaml_that_is_a_trap_is_refused(folder: Path, text: str, line: int | None, reason: str):
    error = error_of(folder, {"problem.yaml": text})
    assert (error.file, error.line) == ("problem.yaml", line)
    assert reason in error.reason


def test_aliases_and_merges_are_fine(folder: Path):
    text = BASE + "limits: &a {memory: 64}\ncredits: {authors: &b [Ann], testers: *b}\n"
    assert load(folder, {"problem.yaml": text}).meta.limits.memory == 64


@pytest.mark.parametrize("name", ["problem.yaml", "statement/problem.en.md", "submissions/accepted/plus.py"])
def test_a_byte_order_mark_is_refused(folder: Path, name: str):
    error = error_of(folder, {name: "\ufeff".encode() + str(STDIO[name]).encode()})
    assert (error.file, error.reason) == (name, "begins with a byte-order mark; save it as UTF-8 without one")


# ---- what lies where ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "file", "reason"),
    [
        ({"interface.yml": "x: 1"}, "interface.yml", "did you mean 'interface.yaml'?"),
        ({"output_validators/v.py": ""}, "output_validators", "did you mean 'output_validator'?"),
        ({"submision/accepted/x.py": ""}, "submision", "did you mean 'submissions'?"),
        ({"static_validator/x.py": ""}, "static_validator", "not supported"),
        ({"include/default/x.py": ""}, "include/default", "not supported"),
        ({"include/python3/x.py": ""}, "include/python3", "not supported"),
        ({"data/secrets/1.in": ""}, "data/secrets", "is neither sample nor secret"),
        ({"data/1.in": ""}, "data/1.in", "is neither sample nor secret"),
        ({"data/secret/1.files/x": ""}, "data/secret/1.files", "not supported"),
        ({"data/secret/2.ans": ""}, "data/secret/2.ans", "belongs to no case: there is no 2.in"),
        ({"data/secret/2.inn": ""}, "data/secret/2.inn", "is no file of a case; known endings: .in, .ans"),
        ({"data/secret/2.yaml": ""}, "data/secret/2.yaml", "belongs to no case"),
        ({"data/secret/1.ans": None}, "data/secret/1.ans", "the answer to this input is missing"),
        ({**cases("secret/small/2")}, "data/secret", "holds cases beside groups (small)"),
        ({**WITHOUT_SECRET, **cases("secret/sample/1")}, "data/secret/sample", "may not have this name"),
        ({**WITHOUT_SECRET, **cases("secret/secret/1")}, "data/secret/secret", "may not have this name"),
        ({**WITHOUT_SECRET, **cases("secret/a/1", "secret/a/1/2")}, "data/secret/a/1", "have the same name"),
        ({**WITHOUT_SECRET, **cases("secret/a/b/1"), "data/secret/a/b/test_group.yaml": ""},
         "data/secret/a/b/test_group.yaml", "a group cannot hold further groups"),
        ({**WITHOUT_SECRET, "data/secret/empty/README.md": ""}, "data/secret/empty", "the group has no cases"),
        ({"data/sample/1.in": b"\xff"}, "data/sample/1.in", "must be UTF-8 (byte 0)"),
        ({"data/sample/1.ans": b"1\xff"}, "data/sample/1.ans", "must be UTF-8 (byte 1)"),
        ({"statement/problem.md": "x"}, "statement/problem.md", "say which language it is in: problem.en.md"),
    ],
)  # fmt: skip
def test_what_lies_in_the_wrong_place_is_refused(folder: Path, changes: Files, file: str, reason: str):
    error = error_of(folder, changes)
    assert error.file == file
    assert reason in error.reason


def test_what_belongs_to_a_case_and_notes_are_no_fault(folder: Path):
    more: Files = {f"data/sample/1.{ending}": "" for ending in ("in.statement", "ans.download", "out", "hint", "png")}
    elsewhere: Files = {"data/invalid_input/1.in": "", "data/generate.sh": "", "data/secret/README.md": "", "notes": ""}
    hidden: Files = {".github/x.yml": "", "data/secret/.1.in.swp": "", "data/sample/-x": "", "include/cpp/x.h": ""}
    problem = load(folder, {**more, **elsewhere, **hidden, "data/sample/2.interaction": "<1\n"})
    assert [case.name for group in problem.groups for case in group.cases] == ["1", "1"]


def test_folders_below_a_group_hold_its_cases(folder: Path):
    problem = load(folder, {**WITHOUT_SECRET, **cases("secret/a/2", "secret/a/x/1", "secret/b/1")})
    assert [(group.name, [case.name for case in group.cases]) for group in problem.groups[1:]] == [
        ("a", ["2", "x/1"]), ("b", ["1"])
    ]  # fmt: skip


# ---- test_group.yaml and <case>.yaml -----------------------------------------------------------------------------


def test_arguments_come_from_the_case_else_its_group_else_all_of_secret(folder: Path):
    problem = load(
        folder,
        {
            **WITHOUT_SECRET,
            **cases("secret/a/1", "secret/a/2", "secret/b/1"),
            GROUP: "output_validator_args: [float_tolerance, 1e-6]\ncpu_multiplier: 7\nmax_score: 50\n",
            "problem.yaml": BASE + "type: scoring\n",
            "data/secret/a/test_group.yaml": "output_validator_args: [case_sensitive]\nmax_score: 20\n",
            "data/secret/b/test_group.yaml": "max_score: 30\ncpu_multiplier: 5\n",
            "data/secret/a/2.yaml": "output_validator_args: []\ndescription: Zero.\nhint: Think.\n",
        },
    )
    a, b = problem.groups[1:]
    assert [(case.validator_args, case.description) for case in a.cases] == [(("case_sensitive",), ""), ((), "Zero.")]
    assert [case.validator_args for case in b.cases] == [("float_tolerance", "1e-6")]
    assert [group.options.cpu_multiplier for group in (a, b)] == [7, 5]
    assert (problem.secret.max_score, a.options.max_score) == (50, 20)
    assert problem.samples[0].validator_args == ()


def test_only_samples_are_shown_unless_a_group_says_otherwise(folder: Path):
    groups = {**WITHOUT_SECRET, **cases("secret/a/1", "secret/b/1")}
    problem = load(folder, {**groups, "data/secret/a/test_group.yaml": "full_feedback: true\n"})
    assert [(group.name, group.full_feedback) for group in problem.groups] == [
        ("sample", True), ("a", True), ("b", False)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "key", "reason"),
    [
        (GROUP, "args: [x]\n", "args", "not supported by this judge"),
        (GROUP, "static_validation_score: 5\n", "static_validation_score", "not supported by this judge"),
        (GROUP, "static_validator_args: []\n", "static_validator_args", "not supported by this judge"),
        (GROUP, "output_validator_args: [1.5]\n", "output_validator_args.0", "must be text; put it in quotes"),
        (GROUP, "output_validator_args: [float_tolerence, 1e-6]\n", "output_validator_args",
         "the default validator: unknown argument 'float_tolerence'"),
        (GROUP, "output_validator_args: [float_tolerance]\n", "output_validator_args", "the default validator"),
        (GROUP, "max_score: 10\n", "max_score", "belongs to a problem of type scoring"),
        (GROUP, "require_pass: sample\n", "require_pass", "belongs to a problem of type scoring"),
        (GROUP, "growth: {size: n, max_exp: 2}\n", "growth.max_exp", "did you mean 'max_exponent'?"),
        (GROUP, "cpu_floor_s: 61\n", "cpu_floor_s", "less than or equal to 60"),
        (GROUP, "memory_mib: 0\n", "memory_mib", "greater than 0"),
        (GROUP, "memory_mib: 3000\n", "memory_mib", "less than or equal to 2048"),
        ("data/sample/test_group.yaml", "max_score: 1\n", "max_score", "samples have no score"),
        ("data/secret/1.yaml", "args: [x]\n", "args", "not supported by this judge"),
        ("data/secret/1.yaml", "full_feedback: true\n", "full_feedback", "not supported by this judge"),
        ("data/secret/1.yaml", "descripton: x\n", "descripton", "did you mean 'description'?"),
    ],
)  # fmt: skip
def test_a_fault_of_the_options_is_named(folder: Path, name: str, text: str, key: str, reason: str):
    error = error_of(folder, {name: text})
    assert (error.file, error.key) == (name, key)
    assert reason in error.reason


# ---- scores ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("secret", "a", "b", "where", "key", "reason"),
    [
        ("", "", "max_score: 1", "/a", "max_score", "must be a number, unless secret's is 'unbounded'"),
        ("", "max_score: unbounded", "max_score: 1", "/a", "max_score", "must be a number, unless"),
        ("max_score: unbounded", "max_score: 1", "", "/b", "max_score", "pass-fail needs a number here"),
        ("max_score: -1", "", "", "", "max_score", "greater than or equal to 0"),
        ("score_aggregation: max", "", "", "", "score_aggregation", "'pass-fail', 'sum' or 'min'"),
        ("score_aggregation: pass-fail\nmax_score: unbounded", "", "", "", "max_score", "pass-fail needs a number"),
        ("score_aggregation: pass-fail", "max_score: 1\nscore_aggregation: sum", "max_score: 1", "/a",
         "score_aggregation", "all of secret is pass-fail"),
        ("", "max_score: 1\nrequire_pass: c", "max_score: 1", "/a", "require_pass", "there is no group 'c'"),
        ("", "max_score: 1\nrequire_pass: b", "max_score: 1", "/a", "require_pass", "'b' does not come before 'a'"),
        ("", "max_score: 1\nrequire_pass: a", "max_score: 1", "/a", "require_pass", "'a' does not come before 'a'"),
        ("", "max_score: 1\nrequire_pass: [b]", "max_score: 1\nrequire_pass: [a]", "/a", "require_pass",
         "'b' does not come before"),
        ("require_pass: a", "max_score: 1", "max_score: 1", "", "require_pass", "'a' does not come before 'secret'"),
        ("", "max_score: 1\nscore_aggregation: sum", "max_score: 1\nrequire_pass: a", "/b", "require_pass",
         "'a' can only be passed with pass-fail"),
    ],
)  # fmt: skip
def test_scores_that_cannot_be_put_together_are_refused(
    folder: Path, secret: str, a: str, b: str, where: str, key: str, reason: str
):
    files: Files = {
        **WITHOUT_SECRET, **cases("secret/a/1", "secret/b/1"), "problem.yaml": BASE + "type: scoring\n", GROUP: secret,
        "data/secret/a/test_group.yaml": a, "data/secret/b/test_group.yaml": b,
    }  # fmt: skip
    error = error_of(folder, files)
    assert (error.file, error.key) == (f"data/secret{where}/test_group.yaml", key)
    assert reason in error.reason


# ---- validators --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "name", "main"),
    [
        (["check.py"], "output_validator", "check.py"),
        (["helper.py", "validate.py"], "output_validator", "validate.py"),
        (["helper.py", "main.py", "README.md"], "output_validator", "main.py"),
        (["__init__.py", "__main__.py"], "output_validator", "__main__.py"),
        (["guess/guess.py", "guess/helper.py"], "guess", "guess.py"),
    ],
)
def test_the_main_file_of_a_validator_is_found(folder: Path, names: list[str], name: str, main: str):
    problem = load(folder, {f"output_validator/{file}": "pass\n" for file in names})
    assert problem.validator
    assert (problem.validator.name, problem.validator.main) == (name, main)
    assert set(problem.validator.files) == {Path(file).name for file in names if file.endswith(".py")}


@pytest.mark.parametrize(
    ("names", "file", "reason"),
    [
        (["validate.cc"], "output_validator/validate.cc", "only validators in Python can run here"),
        (["validate.py", "run"], "output_validator/run", "only validators in Python can run here"),
        (["validate.py", "parts/x.py"], "output_validator/parts", "as .py files in one folder"),
        (["one.py", "two.py"], "output_validator", "one must be named main.py, validate.py, output_validator.py"),
    ],
)
def test_a_validator_that_cannot_run_here_is_refused(folder: Path, names: list[str], file: str, reason: str):
    error = error_of(folder, {f"output_validator/{name}": "" for name in names})
    assert error.file == file
    assert reason in error.reason


def test_an_interactive_problem_has_no_interface(folder: Path):
    text = {"problem.yaml": BASE + "type: interactive\n", "output_validator/v.py": ""}
    assert load(folder, text).interactive
    error = error_of(folder, {**text, "interface.yaml": "function: f\n"})
    assert error.key == "type"
    assert "remove interface.yaml" in error.reason


# ---- the jury ----------------------------------------------------------------------------------------------------


def expected_of(problem: Problem) -> dict[str, str]:
    return {submission.name: str(submission.expected) for submission in problem.jury}


def test_a_folder_says_which_verdicts_may_be_earned(folder: Path):
    names = ("rejected", "brute_force", "partially_accepted", "time_limit_exceeded", "compile_error")
    problem = load(folder, {f"submissions/{name}/x.py": "" for name in names})
    assert expected_of(problem) == {
        "accepted/plus.py": "AC",
        "brute_force/x.py": "MLE or OLE or RTE or TLE",
        "compile_error/x.py": "CE",
        "partially_accepted/x.py": "AC or MLE or OLE or RTE or TLE or WA",
        "rejected/x.py": "MLE or OLE or RTE or TLE or WA",
        "time_limit_exceeded/x.py": "TLE",
        "wrong_answer/zero.py": "WA",
    }
    rejected = next(one for one in problem.jury if one.folder == "rejected")
    assert rejected.permits(Verdict.WA)
    assert not rejected.permits("AC")
    assert not rejected.permits(None)


def test_what_each_case_must_earn_is_known_too(folder: Path):
    expected = load(folder).jury[1].expected
    assert expected.why_not([Verdict.AC, Verdict.WA]) is None
    assert expected.why_not([Verdict.WA, Verdict.TLE]) == "TLE is not permitted; permitted: AC, WA"
    assert expected.why_not([Verdict.AC]) == "no case is WA"


def test_other_languages_and_several_files_are_listed_and_not_read(folder: Path):
    problem = load(
        folder,
        {
            "submissions/accepted/plus.cpp": b"\xff",
            "submissions/accepted/old.py": "#!/usr/bin/env python2\nprint 3\n",
            "submissions/accepted/many/a.py": "",
            "submissions/accepted/many/b.py": "",
            "submissions/README.md": "",
        },
    )
    assert problem.foreign == ("accepted/many", "accepted/old.py", "accepted/plus.cpp")
    assert [submission.name for submission in problem.accepted] == ["accepted/plus.py"]


def test_without_an_accepted_solution_that_runs_here_there_are_no_limits(folder: Path):
    error = error_of(folder, {"submissions/accepted/plus.py": None, "submissions/accepted/plus.cpp": ""})
    assert (error.file, error.reason) == (
        "submissions/accepted", "there is no accepted solution that runs here to take the limits from"
    )  # fmt: skip


def test_submissions_yaml_adds_to_what_a_folder_says_and_can_change_it(folder: Path):
    rules = """\
time_limit_exceeded: {permitted: [AC, WA, TLE]}
mixed: {permitted: [WA, RTE], required: [WA, RTE]}
"*/{slow,fast}.py": {required: [TLE], authors: Ann, model_solution: false, language: python3}
accepted/java.py: {language: java}
"""
    names = ("time_limit_exceeded/slow.py", "mixed/x.py", "rejected/fast.py", "accepted/java.py")
    files: Files = {f"submissions/{name}": "" for name in names}
    problem = load(folder, {**files, "submissions/submissions.yaml": rules})
    assert expected_of(problem) == {
        "accepted/plus.py": "AC",
        "mixed/x.py": "MLE or OLE or RTE or WA",
        "rejected/fast.py": "MLE or OLE or RTE or TLE or WA",
        "time_limit_exceeded/slow.py": "TLE or WA",
        "wrong_answer/zero.py": "WA",
    }
    assert problem.foreign == ("accepted/java.py",)
    fast = next(one.expected for one in problem.jury if one.name == "rejected/fast.py")
    assert fast.why_not([Verdict.WA]) == "no case is TLE"
    assert fast.why_not([Verdict.WA, Verdict.TLE]) is None


@pytest.mark.parametrize(
    ("rules", "key", "reason"),
    [
        ("accepted: {permited: [AC]}\n", "accepted.permited", "did you mean 'permitted'?"),
        ("accepted: {permitted: [OK]}\n", "accepted.permitted", "must be a list of AC, WA, TLE, RTE"),
        ("accepted: {permitted: []}\n", "accepted.permitted", "must be a list of AC, WA, TLE, RTE"),
        ("accepted: {score: 5}\n", "accepted.score", "not supported by this judge"),
        ("accepted: {use_for_time_limit: false}\n", "accepted.use_for_time_limit", "not supported by this judge"),
        ("accepted: {secret/a: {permitted: [AC]}}\n", "accepted", "rules for single groups (secret/a) are"),
        ("accepted/plsu.py: {permitted: [AC]}\n", "accepted/plsu.py", "no submission is matched by this"),
        ("accepted/*.py: {permitted: [WA]}\n", "accepted/*.py", "leaves no verdict that may be earned"),
        ("wrong_answer/*: {permitted: [AC, TLE]}\n", "wrong_answer/*", "leaves no verdict that may be earned"),
    ],
)  # fmt: skip
def test_a_fault_of_submissions_yaml_is_named(folder: Path, rules: str, key: str, reason: str):
    error = error_of(folder, {"submissions/submissions.yaml": rules})
    assert (error.file, error.key) == ("submissions/submissions.yaml", key)
    assert reason in error.reason


# ---- generators and growth ---------------------------------------------------------------------------------------

GROWING = "data:\n  big:\n    a: {make: f, n: 10}\n    b: {make: f, n: 20}\n    c: {make: f, n: 40}\n"


def generated(data: str, options: str = "growth: {size: n, max_exponent: 1.5}\n") -> Files:
    return {
        **WITHOUT_SECRET,
        "generators/generators.yaml": f"solution: accepted/plus.py\n{data}",
        "generators/generate.py": "",
        "data/secret/big/test_group.yaml": options,
    }


def test_a_generated_case_knows_its_size_and_its_arguments(folder: Path):
    problem = load(folder, generated(GROWING, "growth: {size: n}\noutput_validator_args: [case_sensitive]\n"))
    assert problem.generators
    group = problem.groups[1]
    case = group.generated_case("b", b"1", b"2", "digest", problem.generators.data["big"]["b"])
    assert (case.name, case.size, case.validator_args) == ("b", 20, ("case_sensitive",))


@pytest.mark.parametrize(
    ("data", "file", "key", "reason"),
    [
        (GROWING.replace("c:", "a:"), "generators/generators.yaml", "data.big.a", "the key is given twice"),
        (GROWING.replace("c:", "3:"), "generators/generators.yaml", "data.big.3", "must be text; put it in quotes"),
        (GROWING.replace("big:", "sample:"), "generators/generators.yaml", "data.sample", "samples are files"),
        (GROWING.replace("n: 40", "m: 40"), "generators/generators.yaml", "data.big.c", "measured by 'n'"),
        (GROWING.replace("40", '"40"'), "generators/generators.yaml", "data.big.c", "must be a positive whole number"),
        (GROWING.replace("40", "true"), "generators/generators.yaml", "data.big.c", "must be a positive whole number"),
        (GROWING.replace("40", "0"), "generators/generators.yaml", "data.big.c", "must be a positive whole number"),
        (GROWING.replace("40", "20"), "data/secret/big/test_group.yaml", "growth",
         "at least 3 different sizes, there are 2"),
    ],
)  # fmt: skip
def test_a_fault_of_generated_cases_is_named(folder: Path, data: str, file: str, key: str, reason: str):
    error = error_of(folder, generated(data))
    assert (error.file, error.key) == (file, key)
    assert reason in error.reason


def test_generators_of_another_tool_are_left_alone(folder: Path):
    problem = load(folder, {"generators/generators.yaml": "random_salt: x\ndata: {sample: {data: []}}\n"})
    assert problem.generators is None


# ---- what is shown of samples ------------------------------------------------------------------------------------


def test_what_a_sample_shows_can_be_another_text(folder: Path):
    problem = load(folder, {**cases("sample/2"), "data/sample/1.in.statement": "one\n", "data/sample/1.out": "three\n"})
    assert [(one.name, one.input, one.output) for one in problem.shown] == [
        ("1", "one\n", "three\n"), ("2", "1 1\n", "2\n")
    ]  # fmt: skip
    assert problem.samples[0].input == b"1 2\n"


def test_an_interactive_problem_shows_its_protocols_only(folder: Path):
    talking = {"problem.yaml": BASE + "type: interactive\n", "output_validator/v.py": ""}
    problem = load(folder, {**talking, **cases("sample/2"), "data/sample/2.interaction": "<1\n>2\n"})
    assert [(one.name, one.input, one.interaction) for one in problem.shown] == [("2", "", "<1\n>2\n")]


@pytest.mark.parametrize(
    ("endings", "file", "reason"),
    [
        (("out", "ans.statement"), "data/sample/1.out", "1.ans.statement is shown"),
        (("interaction", "in.statement"), "data/sample/1.in.statement", "1.interaction is shown"),
    ],
)
def test_a_sample_cannot_show_two_things(folder: Path, endings: tuple[str, ...], file: str, reason: str):
    error = error_of(folder, {f"data/sample/1.{ending}": "" for ending in endings})
    assert error.file == file
    assert reason in error.reason
