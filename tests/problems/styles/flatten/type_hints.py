from collections.abc import Iterable, Iterator
from typing import Any


def flatten(nested_list: Iterable[Any]) -> Iterator[Any]:
    for item in nested_list:
        if isinstance(item, (list, tuple)):
            yield from flatten(item)
        else:
            yield item
