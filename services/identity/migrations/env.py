"""Alembic's environment for this service's migrations."""

from chassis.migrate import run

run()
