"""What one running application holds: made once in create_app, reached by the views through `services()`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import current_app

if TYPE_CHECKING:
    from api.auth import Keys, LastUse
    from api.catalogue import Catalogue
    from api.courier import Courier
    from api.dispatch import Dispatcher, Sweeper
    from api.live import Streams
    from api.metrics import Metrics
    from api.news import Herald
    from api.rates import Rates
    from api.runboard import RunBoard
    from api.settings import Settings
    from api.store import Store
    from api.targets import Targets
    from api.waiting import Waiting

EXTENSION = "judge"


@dataclass(frozen=True)
class Services:
    settings: "Settings"
    store: "Store"
    board: "RunBoard"
    catalogue: "Catalogue"
    keys: "Keys"
    last_use: "LastUse"
    rates: "Rates"
    dispatcher: "Dispatcher"
    sweeper: "Sweeper"
    courier: "Courier"
    targets: "Targets"
    held_submissions: "Waiting"
    held_runs: "Waiting"
    metrics: "Metrics"
    streams: "Streams"
    herald: "Herald"

    def count_held(self) -> None:
        """Tell the metrics how many wait and listen here."""
        self.metrics.hold(self.held_submissions.count() + self.held_runs.count(), self.streams.count())


def services() -> Services:
    return cast(Services, current_app.extensions[EXTENSION])
