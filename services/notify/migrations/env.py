"""Alembic's door into this service's steps."""

from chassis.migrate import run

run()
