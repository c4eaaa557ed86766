"""`carnet account`: lock and unlock a patient's account."""

from typing import Annotated
from uuid import UUID

import typer

from cli.operator import OperatorClient
from cli.stack import console, exit_on_error
from contracts.identity import AccountLock, LockAccount
from contracts.vocabulary import PatientId

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
        request = LockAccount(patient_id=PatientId(record), locked=locked)
        path = f"/operator/records/{record}/account/lock"
        lock_state = OperatorClient.from_environment().put(path, request, AccountLock)
        text = (
            "rouvert / open"
            if lock_state.locked_at is None
            else f"verrouillé / locked {lock_state.locked_at:%Y-%m-%d %H:%M} UTC"
        )
        console.print(f"[green]✓[/] {lock_state.patient_id} : {text}")
