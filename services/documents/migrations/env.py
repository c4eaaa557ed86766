"""Entry point of Alembic into the migrations of documents."""

from chassis.migrate import run

run()
