"""Runs are not recorded: Redis keeps them for five minutes under judge:run:<id>, bound to the asking organisation.

Those that no worker has taken yet stand in judge:runs:<language>, in order. Promises that a run is shown to nobody
else, is given to one worker, and that its first report stays. Does not promise that a run survives Redis or its worker.
"""

import redis

LIFETIME_S = 300
_PREFIX = "judge:run:"
_QUEUE = "judge:runs:"

# In one step, so that two reports at once cannot both be the first, and a report cannot bring an expired run back.
_FINISH = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSETNX', KEYS[1], 'report', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
"""


class RunBoard:
    """Raises redis.RedisError when Redis does not answer."""

    def __init__(self, redis_url: str) -> None:
        self._redis: redis.Redis = redis.Redis.from_url(redis_url, socket_timeout=5, socket_connect_timeout=2)
        self._finish = self._redis.register_script(_FINISH)

    def add(self, run_id: str, org_id: int, language: str, task: str) -> None:
        """`task`: what a worker will be given to do."""
        with self._redis.pipeline() as pipe:
            pipe.hset(_PREFIX + run_id, mapping={"org_id": str(org_id), "task": task})
            pipe.expire(_PREFIX + run_id, LIFETIME_S)
            pipe.rpush(_QUEUE + language, run_id)
            pipe.expire(_QUEUE + language, LIFETIME_S)
            pipe.execute()

    def claim(self, languages: list[str]) -> bytes | None:
        """The task of the run that waits longest; None when there is none."""
        for language in languages:
            while run_id := self._redis.lpop(_QUEUE + language):
                task = self._redis.hget(_PREFIX + run_id.decode(), "task")  # type: ignore[union-attr]
                if task is not None:  # else nobody waits for it any more
                    return task  # type: ignore[return-value]
        return None

    def finish(self, run_id: str, report: str) -> bool:
        """False when there is no such run; a second report is dropped."""
        return bool(self._finish(keys=[_PREFIX + run_id], args=[report, LIFETIME_S]))

    def is_owned(self, run_id: str, org_id: int) -> bool:
        return bool(self._redis.hget(_PREFIX + run_id, "org_id") == str(org_id).encode())

    def reports(self, run_ids: list[str]) -> dict[str, bytes]:
        """The reports of those runs that have one."""
        if not run_ids:
            return {}
        with self._redis.pipeline(transaction=False) as pipe:
            for run_id in run_ids:
                pipe.hget(_PREFIX + run_id, "report")
            return {run_id: report for run_id, report in zip(run_ids, pipe.execute(), strict=True) if report}

    def waiting(self, language: str) -> int:
        """How many runs no worker has taken yet."""
        return int(self._redis.llen(_QUEUE + language))

    def hints(self, language: str) -> int:
        """How many hints for workers are waiting to be taken."""
        return int(self._redis.llen(language))

    def ping(self) -> bool:
        try:
            return bool(self._redis.ping())
        except (redis.RedisError, OSError):
            return False

    def close(self) -> None:
        self._redis.close()
