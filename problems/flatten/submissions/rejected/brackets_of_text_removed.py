# Mistake: the texts in the list have brackets of their own.
import ast


def flatten(nested_list):
    sys_text = repr(nested_list) if len(repr(nested_list[:1])) < 10_000 else "[]"
    for mark in "[]()":
        sys_text = sys_text.replace(mark, "")
    parts = [part for part in sys_text.split(",") if part.strip()]
    return list(ast.literal_eval("[" + ",".join(parts) + "]"))
