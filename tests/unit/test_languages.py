"""Languages are data: every folder is whole, and a name that does not exist is answered with those that do."""

import pytest

from judge.errors import UnknownName
from judge.languages import Language, get_language, languages
from judge.sandbox.launched import inside_version, sandbox_image


@pytest.mark.parametrize("language", languages().values(), ids=lambda language: language.id)
def test_a_language_is_whole(language: Language):
    assert language.smoke_source
    assert (language.folder / "Dockerfile").exists()
    assert language.syscalls == list(dict.fromkeys(language.syscalls))
    assert all(not extension.startswith(".") for extension in language.extensions)


def test_an_unknown_language_lists_those_there_are():
    with pytest.raises(UnknownName, match=r"unknown language 'cobol'; there is: .*python"):
        get_language("cobol")


def test_the_sandbox_image_is_named_after_the_launcher_in_it(monkeypatch: pytest.MonkeyPatch):
    python = get_language("python")
    version = inside_version()
    assert sandbox_image(python) == f"judge-sandbox-python:{version[:12]}"
    monkeypatch.setenv("JUDGE_SANDBOX_IMAGE", "registry.example/boxes:7")
    assert sandbox_image(python) == "registry.example/boxes:7"
