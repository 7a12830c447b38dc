# Mistake: the texts in the list have brackets of their own.
import ast


def flatten(nested_list):
    text = re.sub(r"[\[\]()]", "", repr(nested_list))
    parts = [part for part in text.split(",") if part.strip()]
    return list(ast.literal_eval("[" + ",".join(parts) + "]"))
