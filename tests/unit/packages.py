"""Small stdio packages on disk: one in the format of 2025-09, one in the format before it."""

from pathlib import Path

Files = dict[str, str | bytes | None]

_COMMON: Files = {
    "data/sample/1.in": "1 2\n",
    "data/sample/1.ans": "3\n",
    "data/secret/1.in": "10 20\n",
    "data/secret/1.ans": "30\n",
    "submissions/accepted/plus.py": "print(sum(map(int, input().split())))\n",
    "submissions/wrong_answer/zero.py": "print(0)\n",
}
STDIO: Files = {
    **_COMMON,
    "problem.yaml": "problem_format_version: 2025-09\nname: Add Two\n",
    "statement/problem.en.md": "Add two numbers.\n",
}
LEGACY: Files = {
    **_COMMON,
    "problem.yaml": "source: A contest\nlicense: cc by-sa\n",
    "problem_statement/problem.tex": "\\problemname{Add Two}\nAdd two numbers.\n",
}
WITHOUT_SECRET: Files = {"data/secret/1.in": None, "data/secret/1.ans": None}


def write(folder: Path, files: Files) -> Path:
    """These files on disk; None leaves one out."""
    for name, content in files.items():
        if content is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def cases(*names: str) -> Files:
    """A case of the addition under each of these names below data/."""
    return {f"data/{name}.{ending}": text for name in names for ending, text in (("in", "1 1\n"), ("ans", "2\n"))}
