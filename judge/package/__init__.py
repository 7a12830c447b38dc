"""Problem packages: load_package reads a folder into a Problem.

    problem.yaml                        ICPC/Kattis 2025-09: name, type, limits…
    interface.yaml                      ours: function or class, types, checker; without it a stdio problem
    statement/problem.en.md
    data/sample/*.in, *.ans             shown to everybody
    data/secret/<group>/*.in, *.ans     hidden; test_group.yaml: validator arguments, scores, and ours: limits, growth
    generators/generators.yaml, generate.py    ours: cases built in a box (see judge/generate.py)
    output_validator/                   the package's own, in Python
    submissions/<expected>/*            the jury's, by the verdict they must earn

A 2025-09 package says so in problem.yaml; any other is read as the format before it (see legacy.py).
Does not promise that the package is any good: only that it is well-formed.
Source of the layout: ICPC/Kattis problem package format, 2025-09 and legacy.
"""

from judge.package.files import hash_folder, package_files
from judge.package.jury import FOLDER_VERDICTS
from judge.package.load import load_package, load_packages
from judge.package.model import (
    SAMPLE,
    SECRET,
    Case,
    Expected,
    Group,
    JurySubmission,
    Problem,
    ShownSample,
    Validator,
)
from judge.package.problem_yaml import ProblemYaml
from judge.package.schema import GeneratorsYaml, GroupYaml, Growth, Recipe

__all__ = [
    "FOLDER_VERDICTS",
    "SAMPLE",
    "SECRET",
    "Case",
    "Expected",
    "GeneratorsYaml",
    "Group",
    "GroupYaml",
    "Growth",
    "JurySubmission",
    "Problem",
    "ProblemYaml",
    "Recipe",
    "ShownSample",
    "Validator",
    "hash_folder",
    "load_package",
    "load_packages",
    "package_files",
]
