"""Mutants of a Python source: the mistakes that a hurried hand makes, one at a time.

Each operator looks at one node of the syntax tree and yields texts to stand in its place; all else stays as it was, so
that a mutant differs in one line. Mutants that do not compile, and those with the same tree as another, do not count.

What can hardly survive is left out, for it would only flatter the tests: a name's first value is never dropped, an
operator is swapped for one other and not for ten. What can hardly die is left out too: annotations and texts.
"""

import ast
import difflib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {  # the boundary's neighbour, and the contrary
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr, ast.BitXor: ast.BitOr,
}  # fmt: skip
_PAIRS = (
    "min max",
    "any all",
    "append appendleft",
    "pop popleft",
    "bisect_left bisect_right",
    "left right",
    "next prev",
)
_TWINS = {one: other for pair in map(str.split, _PAIRS) for one, other in (pair, reversed(pair))}
_ALWAYS_THERE = {"min", "max", "any", "all", "bisect_left", "bisect_right"}
_UNSEEN = {"annotation", "returns", "decorator_list", "bases"}

Place = tuple[int, int, int, int]  # first line, column in bytes, last line, column


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed source. `before` and `after` are the text of the line that changed, without its indentation."""

    source: str
    line: int
    before: str
    after: str

    def diff(self, original: str, name: str) -> str:
        lines = difflib.unified_diff(
            original.splitlines(), self.source.splitlines(), name, f"{name} (mutant)", lineterm="", n=2
        )
        return "\n".join(lines)


def mutants(source: str) -> list[Mutant]:
    """All different mutants, in the order of their lines. Raises SyntaxError when the source has one."""
    tree = ast.parse(source)
    known, found = {ast.dump(tree)}, []
    for place, text in sorted(set(_changes(tree))):
        mutant = _replace(source, place, text)
        dumped = _dumped(mutant.source)
        if dumped is None or dumped in known:
            continue
        known.add(dumped)
        if text[0] == "(":
            plain = _replace(source, place, text[1:-1])
            mutant = plain if _dumped(plain.source) == dumped else mutant
        found.append(mutant)
    return found


def _dumped(source: str) -> str | None:
    """The syntax tree as text; None when the source does not compile."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # `x is 0` and the like
            tree = ast.parse(source)
            compile(tree, "mutant", "exec")
    except (SyntaxError, ValueError):
        return None
    return ast.dump(tree)


def _replace(source: str, place: Place, text: str) -> Mutant:
    lines = source.encode().splitlines(keepends=True)
    first, start, last, end = place
    before = lines[first - 1].decode().strip()
    joined = lines[first - 1][:start] + text.encode() + lines[last - 1][end:]
    changed = b"".join([*lines[: first - 1], joined, *lines[last:]]).decode()
    return Mutant(changed, first, before, joined.decode().strip())


def _changes(tree: ast.Module) -> Iterator[tuple[Place, str]]:
    first: dict[str, int] = {}
    for name, line in _bindings(tree):
        first[name] = min(line, first.get(name, line))
    names = {getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(tree)}
    last = {id(node.body[-1]) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    for node in _seen(tree):
        if isinstance(node, ast.stmt) and not (isinstance(node, ast.Return) and id(node) in last):
            for text in _dropped(node, first):
                yield _place(node), text
        for changed, new in (*(change for operator in _OPERATORS for change in operator(node)), *_twin(node, names)):
            yield _place(changed), new if isinstance(new, str) else ast.unparse(new)


def _seen(node: ast.AST) -> Iterator[ast.AST]:
    """The node and what is below it, but for what has no place of its own or makes no difference to a run."""
    yield node
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and field not in _UNSEEN and not _is_idle(node, child):
                yield from _seen(child)


def _is_idle(parent: ast.AST, node: ast.AST) -> bool:
    """Texts in the code, an exception's message, formatted strings, __slots__, the None of `is None`."""
    is_none = isinstance(node, ast.Constant) and node.value is None
    return (
        isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__slots__")
        or (isinstance(parent, ast.Raise) and isinstance(node, ast.Call))
        or (isinstance(parent, ast.Compare) and is_none)
    )


def _place(node: ast.AST) -> Place:
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]


# ---- operators ---------------------------------------------------------------------------------------------------


def _dropped(node: ast.stmt, first: dict[str, int]) -> Iterator[str]:
    """A statement is left out, or left where it should go on and the other way round."""
    if isinstance(node, _DROPPABLE) or (isinstance(node, ast.Assign | ast.AnnAssign) and _can_go(node, first)):
        yield "pass"
    if isinstance(node, ast.Break | ast.Continue):
        yield "continue" if isinstance(node, ast.Break) else "break"


def _can_go(node: ast.Assign | ast.AnnAssign, first: dict[str, int]) -> bool:
    """Whether the program could run on without this assignment: its names had a value on an earlier line."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return node.value is not None and all(first[name] < line for target in targets for name, line in _bindings(target))


def _bindings(node: ast.AST) -> Iterator[tuple[str, int]]:
    """(name or attribute that gets a value, line); parameters too, but not what `+=` changes: it has one already."""
    changed = {one.target for one in ast.walk(node) if isinstance(one, ast.AugAssign)}
    for one in ast.walk(node):
        if isinstance(one, ast.arg):
            yield one.arg, one.lineno
        elif isinstance(one, ast.Name | ast.Attribute) and isinstance(one.ctx, ast.Store) and one not in changed:
            yield one.id if isinstance(one, ast.Name) else one.attr, one.lineno


Change = tuple[ast.AST, ast.AST | str]


def _comparison(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Compare):
        for index, operator in enumerate(node.ops):
            for other in _COMPARISONS[type(operator)]:
                ops = [*node.ops[:index], other(), *node.ops[index + 1 :]]
                yield node, ast.Compare(node.left, ops, node.comparators)


def _arithmetic(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        other = ast.BinOp(node.left, _ARITHMETIC[type(node.op)](), node.right)
        yield node, f"({ast.unparse(other)})"
    elif isinstance(node, ast.AugAssign) and type(node.op) in _ARITHMETIC:
        yield node, ast.AugAssign(node.target, _ARITHMETIC[type(node.op)](), node.value)
    elif isinstance(node, ast.UnaryOp):
        yield node, f"({ast.unparse(node.operand)})"


def _connection(node: ast.AST) -> Iterator[Change]:
    """and for or, or the other way; or without one of its parts."""
    if isinstance(node, ast.BoolOp):
        other = ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
        yield node, f"({ast.unparse(other)})"
        for index in range(len(node.values)):
            rest = node.values[:index] + node.values[index + 1 :]
            yield node, f"({ast.unparse(rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest))})"


def _condition(node: ast.AST) -> Iterator[Change]:
    """Negated, where no other operator does that."""
    tests = node.ifs if isinstance(node, ast.comprehension) else [node.test] if isinstance(node, _WITH_TEST) else []
    for test in tests:
        negates_itself = isinstance(test, ast.UnaryOp) or (isinstance(test, ast.Compare) and len(test.ops) == 1)
        if not negates_itself:
            yield test, f"not ({ast.unparse(test)})"


def _constant(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, bool):
            yield node, str(not value)
        elif isinstance(value, int | float):
            yield from ((node, f"({value + step!r})") for step in (1, -1))
        elif isinstance(value, str | bytes):
            yield node, repr(type(value)()) if value else {"": "' '", b"": "b' '"}[value]
        elif value is None:
            yield node, "0"


def _result(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Return) and node.value and getattr(node.value, "value", 0) is not None:
        yield node, "return None"


def _call(node: ast.AST) -> Iterator[Change]:
    """Without one keyword argument; a range without its last element."""
    if isinstance(node, ast.Call):
        for index in range(len(node.keywords)):
            rest = node.keywords[:index] + node.keywords[index + 1 :]
            yield node, ast.Call(node.func, node.args, rest)
        if isinstance(node.func, ast.Name) and node.func.id == "range" and node.args:
            stop = node.args[0 if len(node.args) == 1 else 1]
            yield stop, ast.BinOp(stop, ast.Sub(), ast.Constant(1))


def _slice(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Slice):
        for field in ("lower", "upper", "step"):
            bound = getattr(node, field)
            if bound is not None:
                rest = {"lower": node.lower, "upper": node.upper, "step": node.step, field: None}
                yield node, ast.Slice(rest["lower"], rest["upper"], rest["step"])
                if not isinstance(bound, ast.Constant):
                    yield bound, ast.BinOp(bound, ast.Add(), ast.Constant(1))


def _twin(node: ast.AST, names: set[str]) -> Iterator[Change]:
    """The name that is easily taken for this one, where the program has it."""
    name = getattr(node, "id", getattr(node, "attr", ""))
    other = _TWINS.get(name, "")
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and other in _ALWAYS_THERE:
        yield node, other
    elif isinstance(node, ast.Attribute) and (other in names or (other and "deque" in names)):
        yield node, ast.Attribute(node.value, other, node.ctx)


_DROPPABLE = (ast.Expr, ast.Delete, ast.Raise, ast.AugAssign, ast.Return, ast.Break, ast.Continue)
_WITH_TEST = (ast.If, ast.While, ast.IfExp, ast.Assert)
_OPERATORS = (_comparison, _arithmetic, _connection, _condition, _constant, _result, _call, _slice)
