"""What `manage.py doctor` looks at besides what readiness asks: each finder yields sentences that
say what is wrong and what to do."""

from collections.abc import Callable, Iterator

from pixelprompt.diagnosis import database, services, setup, upkeep

Finder = Callable[[], Iterator[str]]

# What spoils something today.
PROBLEMS: tuple[Finder, ...] = (
    database.old_server,
    setup.refused_host,
    setup.trusted_everybody,
    setup.debugging,
    services.forgetful_storage,
    upkeep.full_disk,
)
# The same, of what is asked of the database.
DATABASE_PROBLEMS: tuple[Finder, ...] = (database.too_few_connections,)
# What works today and deserves a look.
WARNINGS: tuple[Finder, ...] = (
    setup.untold_proxy,
    setup.plain_http,
    setup.readable_secrets,
    services.forgetful_redis,
    services.nobody_listens,
    database.few_connections,
    database.clocks_apart,
    database.newer_tables,
    upkeep.little_space,
    upkeep.older_seals,
    upkeep.old_jobs,
    upkeep.spent_records,
    upkeep.old_backup,
)
