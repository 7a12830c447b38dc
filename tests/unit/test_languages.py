"""Languages are data: every folder is whole, and a name that does not exist is answered with those that do."""

import pytest

from judge.errors import UnknownName
from judge.languages import Language, get_language, languages


@pytest.mark.parametrize("language", languages().values(), ids=lambda language: language.id)
def test_a_language_is_whole(language: Language):
    assert language.smoke_source
    assert (language.folder / "Dockerfile").exists()
    assert language.syscalls == list(dict.fromkeys(language.syscalls))
    assert all(not extension.startswith(".") for extension in language.extensions)


def test_an_unknown_language_lists_those_there_are():
    with pytest.raises(UnknownName, match=r"unknown language 'cobol'; there is: .*python"):
        get_language("cobol")
