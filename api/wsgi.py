"""What gunicorn loads. A start that cannot succeed ends in one sentence, not a traceback, and is not tried again."""

from api.app import create_app
from judge.errors import JudgeError
from judge.logs import get_logger

_BOOT_ERROR = 3  # gunicorn's own status for "do not start another worker, stop"

try:
    app = create_app()
except JudgeError as exc:
    get_logger(__name__).critical(f"the API cannot start: {exc}")
    raise SystemExit(_BOOT_ERROR) from None
