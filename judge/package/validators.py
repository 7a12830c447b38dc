"""output_validator/ becomes a Validator: one Python program. What is no Python cannot run here and is refused."""

from pathlib import Path

from judge.package.files import PackageFolder
from judge.package.model import Validator

_PROSE = (".md", ".txt")


def read_validator(folder: PackageFolder, where: str) -> Validator | None:
    """The program in that folder: its files, or a single folder with its files; None where there is no such folder."""
    inside = [path for path in folder.children(where) if path.suffix not in _PROSE]
    if not inside:
        return None
    if len(inside) == 1 and inside[0].is_dir():
        where, inside = folder.name(inside[0]), folder.children(folder.name(inside[0]))
    return _program(folder, where, [path for path in inside if path.suffix not in _PROSE])


def read_legacy_validator(folder: PackageFolder, *, wanted: bool) -> Validator | None:
    """The one program in output_validators/. `wanted`: problem.yaml says `validation: custom`."""
    where = "output_validators"
    inside = [path for path in folder.children(where) if path.suffix not in _PROSE]
    if inside and not wanted:
        raise folder.error("problem.yaml", f"there is an {where}/, so this must be 'custom'", "validation")
    if wanted and not inside:
        raise folder.error("problem.yaml", f"is 'custom', but {where}/ holds none", "validation")
    if len(inside) > 1:
        raise folder.error(where, "several output validators are not supported by this judge")
    return read_validator(folder, where)


def _program(folder: PackageFolder, where: str, paths: list[Path]) -> Validator:
    for path in paths:
        if path.suffix != ".py" or not path.is_file():
            raise folder.error(folder.name(path), "only validators in Python can run here, as .py files in one folder")
    files = {path.name: folder.text_with_constants(folder.name(path)) for path in paths}
    wanted = ("main.py", "validate.py", f"{Path(where).name}.py", "__main__.py")
    main = next(iter(files)) if len(files) == 1 else next((name for name in wanted if name in files), None)
    if main is None:
        raise folder.error(where, f"of several files one must be named {', '.join(wanted)}")
    return Validator(Path(where).name, files, main)
