from collections.abc import Iterator


def two_sum(nums: list[int], target: int) -> Iterator[int]:
    last_seen: dict[int, int] = {}
    for index, number in enumerate(nums):
        if (partner := last_seen.get(target - number)) is not None:
            yield partner
            yield index
            return
        last_seen[number] = index
