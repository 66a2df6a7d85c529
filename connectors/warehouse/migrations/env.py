"""Alembic's entry: run the migrations in the transaction that `upgrade.py` has opened."""

from alembic import context

from connectors.warehouse.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
