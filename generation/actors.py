"""What a bell wakes. Actors take ids and decide nothing.

The broker has no middleware that retries: a retry is a row.
"""

from uuid import UUID

import dramatiq

from generation import bells, copies, correlation, execution


@dramatiq.actor(queue_name=bells.DRAW_QUEUE, actor_name=bells.DRAW_QUEUE)
def draw(result_id: str, correlation_id: str) -> None:
    correlation.current.set(correlation_id)
    execution.draw(UUID(result_id))


@dramatiq.actor(queue_name=bells.COPY_QUEUE, actor_name=bells.COPY_QUEUE, priority=10)
def copy(result_id: str, correlation_id: str) -> None:
    correlation.current.set(correlation_id)
    copies.make(UUID(result_id))
