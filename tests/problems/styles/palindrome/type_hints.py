import re
from typing import Final

NOT_COUNTED: Final = re.compile(r"[\W_]+")


def is_palindrome(s: str) -> bool:
    kept: str = NOT_COUNTED.sub("", s).casefold()
    return kept == kept[::-1]
