"""Alembic's entry: runs the migrations on the connection that `community.store.migrate` hands over."""

from typing import Any, Literal

from alembic import context

from community.store.base import UtcDateTime
from community.store.schema import metadata


def _render_item(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=_render_item,
    compare_type=True,
)
context.run_migrations()
