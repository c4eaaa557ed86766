"""Alembic's entry point for the migrations of this service."""

from chassis.migrate import run

run()
