"""Run by Alembic, never imported: the migrations that are needed, over the connection it was given."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
