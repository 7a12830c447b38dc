"""Runs are not recorded: Redis keeps them for five minutes under judge:run:<id>, bound to the key that asked.

Promises that a run is shown to nobody else, and that its first report stays. Does not promise that a run survives
Redis.
"""

import redis

LIFETIME_S = 300
_PREFIX = "judge:run:"

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

    def add(self, run_id: str, key_id: int) -> None:
        with self._redis.pipeline() as pipe:
            pipe.hset(_PREFIX + run_id, "key_id", str(key_id))
            pipe.expire(_PREFIX + run_id, LIFETIME_S)
            pipe.execute()

    def finish(self, run_id: str, report: str) -> bool:
        """False when there is no such run; a second report is dropped."""
        return bool(self._finish(keys=[_PREFIX + run_id], args=[report, LIFETIME_S]))

    def is_owned(self, run_id: str, key_id: int) -> bool:
        return bool(self._redis.hget(_PREFIX + run_id, "key_id") == str(key_id).encode())

    def reports(self, run_ids: list[str]) -> dict[str, bytes]:
        """The reports of those runs that have one."""
        if not run_ids:
            return {}
        with self._redis.pipeline(transaction=False) as pipe:
            for run_id in run_ids:
                pipe.hget(_PREFIX + run_id, "report")
            return {run_id: report for run_id, report in zip(run_ids, pipe.execute(), strict=True) if report}

    def ping(self) -> bool:
        try:
            return bool(self._redis.ping())
        except (redis.RedisError, OSError):
            return False

    def close(self) -> None:
        self._redis.close()
