"""The modules that run in the box, loaded by path as the launcher does, and out of the way again afterwards."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).parents[2] / "judge" / "inside"


def load(name: str) -> ModuleType:
    """The module of that name, with its siblings importable only while it is loaded."""
    sys.path.insert(0, str(FOLDER))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(FOLDER))
