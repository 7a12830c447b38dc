"""Touches what solutions commonly use; `judge doctor` and the tests run it in every box."""

import asyncio
import decimal
import random
import statistics
import threading


class Solution:
    def smokeTest(self, numbers: List[int]) -> List[int]:  # noqa: F821, N802 - List is given, as on interview sites
        seen = []
        threads = [threading.Thread(target=seen.append, args=(number,)) for number in numbers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        total = asyncio.run(self.add_up(seen))
        random.Random(1).shuffle(seen)
        assert decimal.Decimal(total) == sum(heapq.nsmallest(len(seen), seen))  # noqa: F821
        assert statistics.mean(seen) * len(seen) == total
        return [self.depth(10_000), total]

    async def add_up(self, numbers: List[int]) -> int:  # noqa: F821
        await asyncio.sleep(0)
        return sum(numbers)

    def depth(self, left: int) -> int:
        return 1 + self.depth(left - 1) if left else 0
