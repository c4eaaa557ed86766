"""`carnet letters`: write the letters that open pending accounts, for a mail house."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import psycopg2
import typer
from cryptography.exceptions import InvalidTag
from sqlalchemy.exc import DBAPIError

from cli.directory import Database
from cli.output import console
from cli.stack import exit_on_error
from cli.target import database_of, target
from deploy.dev.errors import StackError
from deploy.dev.keys import Keys
from deploy.dev.stack import Stack
from services.identity.letter_codes import LetterCodes
from services.identity.letter_writing import write_letters
from services.identity.repositories.letters import writing_transaction

File = Annotated[Path, typer.Argument(help="Pour l'imprimeur, codes compris / for the mail house, with the codes")]
Insured = Annotated[
    Path,
    typer.Option(help="Pour l'assureur : référence et INS / for the insurer: reference and INS", show_default=False),
]
Pepper = Annotated[str, typer.Option(help="CARNET_CODE_PEPPER_FILE d'identity / of identity")]


def letters(file: File, insured: Insured, database: Database = "", pepper: Pepper = "") -> None:
    """Écrit les courriers des comptes en attente, une fois. / Write the letters of pending accounts, once.

    Chaque code est détruit en base dès qu'il est écrit. / Each code is destroyed in the database once written.
    """
    with _exit_on_error():
        codes = LetterCodes(_pepper_file(pepper).read_bytes())
        with writing_transaction(database_of("identity", database)) as repository:
            count = write_letters(repository, codes, file, insured, datetime.now(UTC))
    console.print(f"[green]✓[/] {count} courriers écrits / letters written")


def _pepper_file(given: str) -> Path:
    """`given`, else CARNET_CODE_PEPPER_FILE, else that of the development stack."""
    path = given or target("CARNET_CODE_PEPPER_FILE")
    return Path(path) if path else Keys(Stack.from_environment(os.environ).layout.keys).code_pepper


@contextmanager
def _exit_on_error() -> Iterator[None]:
    with exit_on_error():
        try:
            yield
        except FileExistsError as error:
            raise StackError(
                f"existe déjà, rien n'est écrit / exists, nothing is written: {error.filename}"
            ) from None
        except OSError as error:
            raise StackError(f"fichier / file: {error}") from None
        except InvalidTag:
            raise StackError("ce poivre n'est pas celui des codes / these codes have another pepper") from None
        except (DBAPIError, psycopg2.Error) as error:
            reason = error.orig if isinstance(error, DBAPIError) else error
            raise StackError(f"base identity / identity's database: {reason}") from None
