"""The worker's way to the API: ask what to do, report it, fetch a package by its hash. One kept-alive connection.

What the API answers is trusted (it holds the database), but a package is still checked against its hash, and unpacked
without following anything out of its folder.
"""

import json
import shutil
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlencode

import urllib3
from pydantic import ValidationError

from judge.errors import JudgeError, MachineFault
from judge.package import hash_folder
from judge.package.tarred import unpack_tar
from worker.queue import JudgingTask

_RETRIES = urllib3.Retry(
    total=8, backoff_factor=0.1, backoff_max=2, status_forcelist=(502, 503, 504), allowed_methods=None
)
_TIMEOUT = urllib3.Timeout(connect=5, read=30)
_MAX_PACKAGE = 256 << 20
_LONGEST_REASON = 2000


class ApiUnreachable(MachineFault):
    """Raised when the API does not answer, or not as it should."""


class ReportRefused(JudgeError):
    """Raised when the API answers but will never take this report: trying again is in vain."""


class ApiClient:
    """`worker`: by what name this process is known to the API; `languages`: what it judges."""

    def __init__(self, url: str, token: str, worker: str, languages: Sequence[str]) -> None:
        self._url, self._worker, self._languages = url, worker, list(languages)
        self._more = "?" + urlencode({"worker": worker, "languages": ",".join(languages)})
        self._pool = urllib3.PoolManager(
            headers={"Authorization": f"Bearer {token}"}, retries=_RETRIES, timeout=_TIMEOUT, maxsize=1
        )

    def claim(self) -> JudgingTask | None:
        """What to do next, if anything. Raises ApiUnreachable."""
        return self._told(*self._post(f"/internal/claims{self._more}", b""))

    def report(self, judging_id: str, report: bytes, more: bool) -> JudgingTask | None:
        """Hand in a report, and if `more` is wanted get what to do next. Raises ApiUnreachable or ReportRefused.

        One the API no longer waits for is dropped there.
        """
        status, data = self._post(f"/internal/judgings/{judging_id}/report{self._more * more}", report)
        if status in (400, 413, 422):
            raise ReportRefused(f"the API refused a report of {len(report)} bytes with status {status}")
        return None if status == 404 else self._told(status, data)

    def fault(self, judging_id: str, reason: str) -> None:
        """Give a judging back because of the machine. Raises ApiUnreachable."""
        body = json.dumps({"reason": reason[:_LONGEST_REASON]}).encode()
        self._told(*self._post(f"/internal/judgings/{judging_id}/fault", body))

    def sign_of_life(self, judging_id: str | None, boxes: Mapping[str, int] = MappingProxyType({})) -> None:
        """Say that this process is there, at work on this, and what became of its boxes. Raises ApiUnreachable."""
        sign = {"languages": self._languages, "judging": judging_id}
        body = {**sign, "boxes": dict(boxes)} if boxes else sign
        status, _ = self._post(f"/internal/workers/{self._worker}", json.dumps(body).encode())
        if status not in (204, 409):
            raise ApiUnreachable(f"the API answered a sign of life with status {status}")

    def close(self) -> None:
        self._pool.clear()

    def problem_hashes(self) -> dict[str, str]:
        """The hash of every problem the API serves, by slug."""
        status, data = self._ask("GET", "/internal/problems")
        if status != 200:
            raise ApiUnreachable(f"the API answered with status {status}")
        hashes: dict[str, str] = json.loads(data)
        return hashes

    def fetch_package(self, slug: str, package_hash: str, packages: Path) -> Path:
        """The folder of this package below `packages`, fetched if it is not there. Raises ApiUnreachable."""
        folder = packages / package_hash / slug
        if folder.is_dir():
            return folder
        status, data = self._ask("GET", f"/internal/packages/{package_hash}")
        if status != 200 or len(data) > _MAX_PACKAGE:
            raise ApiUnreachable(f"the API has no package {package_hash[:12]} of {slug!r} (status {status})")
        packages.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=packages))
        try:
            try:
                unpack_tar(data, scratch / slug)
            except (tarfile.TarError, EOFError) as exc:
                raise ApiUnreachable(f"the API sent no package of {slug!r}: {type(exc).__name__}") from exc
            if hash_folder(scratch / slug) != package_hash:
                raise ApiUnreachable(f"the API sent another package than {package_hash[:12]} of {slug!r}")
            _move_into_place(scratch / slug, folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        return folder

    def _post(self, path: str, body: bytes) -> tuple[int, bytes]:
        return self._ask("POST", path, body=body, headers={**self._pool.headers, "Content-Type": "application/json"})

    def _told(self, status: int, data: bytes) -> JudgingTask | None:
        if status == 204:
            return None
        if status != 200:
            raise ApiUnreachable(f"the API answered with status {status}")
        try:
            return JudgingTask.model_validate_json(data)
        except ValidationError as exc:
            raise ApiUnreachable("the API told of a judging that is none") from exc

    def _ask(self, method: str, path: str, **request: object) -> tuple[int, bytes]:
        try:
            response = self._pool.request(method, self._url + path, **request)  # type: ignore[arg-type]
        except urllib3.exceptions.HTTPError as exc:
            raise ApiUnreachable(f"the API does not answer: {type(exc).__name__}") from exc
        return response.status, response.data


def _move_into_place(finished: Path, folder: Path) -> None:
    """Rename the finished folder; when another process was quicker, its copy is as good."""
    folder.parent.mkdir(exist_ok=True)
    try:
        finished.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
