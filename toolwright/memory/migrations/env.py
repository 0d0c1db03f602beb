"""Run by Alembic, never imported: the migrations that are needed, over the connection it was given."""

from alembic import context

given = context.config.attributes
context.configure(connection=given["connection"], version_table_schema=given["schema"])
with context.begin_transaction():
    context.run_migrations()
