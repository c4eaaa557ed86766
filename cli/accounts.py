"""`carnet account`: lock and unlock a patient's account."""

from typing import Annotated
from uuid import UUID

import typer

from cli.operator import operator_client
from cli.output import console
from cli.stack import exit_on_error

app = typer.Typer(no_args_is_help=True, help="Comptes des patients. / Patients' accounts.")

Record = Annotated[UUID, typer.Argument(help="L'identifiant du dossier / the id of the record", metavar="RECORD")]


@app.command()
def lock(record: Record) -> None:
    """Verrouille un compte et met fin à ses sessions. / Lock an account, and end its sessions."""
    _set(record, locked=True)


@app.command()
def unlock(record: Record) -> None:
    """Rouvre un compte, sans délai d'attente. / Open an account again, with nothing to wait for."""
    _set(record, locked=False)


def _set(record: UUID, *, locked: bool) -> None:
    with exit_on_error():
        lock_state = operator_client().lock_account(record, locked=locked)
        text = (
            "rouvert / open"
            if lock_state.locked_at is None
            else f"verrouillé / locked {lock_state.locked_at:%Y-%m-%d %H:%M} UTC"
        )
        console.print(f"[green]✓[/] {lock_state.patient_id} : {text}")
