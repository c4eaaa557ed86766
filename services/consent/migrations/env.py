"""Alembic runs the migrations of this service through this file."""

from chassis.migrate import run

run()
