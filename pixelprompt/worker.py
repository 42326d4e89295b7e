"""`dramatiq pixelprompt.worker -t 64`: worker processes for a team's broker.

Each process also renews the leases of its own claims and may be the one that sweeps.
"""

import os

import django
import dramatiq

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pixelprompt.settings")
django.setup()

from django.conf import settings  # noqa: E402 - needs the set-up above
from django.db import connections  # noqa: E402
from dramatiq import worker as dramatiq_worker  # noqa: E402

from generation import execution  # noqa: E402
from generation.sweeper import Sweeper  # noqa: E402
from pixelprompt import logs  # noqa: E402
from pixelprompt.memory import use_few_arenas  # noqa: E402

use_few_arenas()
logs.capture_strays()
broker = dramatiq.get_broker()
# Dramatiq reads these from the environment before this module is imported.
dramatiq_worker.QUEUE_PREFETCH = settings.WORKER_THREADS


class Keeper(dramatiq.Middleware):
    """The sweeper of a worker process: it stops taking claims when the process is told to stop."""

    def __init__(self) -> None:
        self.sweeper: Sweeper | None = None

    def after_worker_boot(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        # Dramatiq's own ten minutes are longer than any supervisor waits.
        grace, stop = int(settings.STOP_GRACE * 1000), worker.stop
        worker.stop = lambda timeout=grace: stop(min(timeout, grace))  # type: ignore[method-assign]
        self.sweeper = Sweeper()
        self.sweeper.start()

    def before_worker_shutdown(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        execution.stopping.set()

    def after_worker_shutdown(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        if self.sweeper is not None:
            self.sweeper.stop()
            connections.close_all()


broker.add_middleware(Keeper())
