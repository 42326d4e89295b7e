"""What a bell wakes. Actors take ids and decide nothing.

The broker has no middleware that retries: a retry is a row. What draws is imported when a bell
rings: a process that only answers pages declares the actors, too, and would wait a fifth of its
start for adapters, connections and painters. Workers import it when they start.
"""

from uuid import UUID

import dramatiq

from generation import bells, correlation


@dramatiq.actor(queue_name=bells.DRAW_QUEUE, actor_name=bells.DRAW_QUEUE)
def draw(result_id: str, correlation_id: str) -> None:
    from generation import execution

    correlation.current.set(correlation_id)
    execution.draw(UUID(result_id))


@dramatiq.actor(queue_name=bells.COPY_QUEUE, actor_name=bells.COPY_QUEUE, priority=10)
def copy(result_id: str, correlation_id: str) -> None:
    from generation import copies

    correlation.current.set(correlation_id)
    copies.make(UUID(result_id))
