"""What gunicorn loads. A start that cannot succeed ends in one sentence, not a traceback, and is not tried again."""

import sys

from api.app import create_app
from judge.errors import JudgeError

_BOOT_ERROR = 3  # gunicorn's own status for "do not start another worker, stop"

try:
    app = create_app()
except JudgeError as exc:
    print(f"The API cannot start: {exc}", file=sys.stderr, flush=True)
    raise SystemExit(_BOOT_ERROR) from None
