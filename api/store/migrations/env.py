"""Run by Alembic for every command: the connection comes from api/store/migrate.py, in its transaction."""

from alembic import context

from api.store import service_tables, tables

__all__ = ["service_tables"]  # imported for its tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.Base.metadata,
    render_as_batch=True,
    transactional_ddl=False,  # the transaction is ours
)
context.run_migrations()
