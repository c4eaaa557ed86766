"""`carnet dead-letters`: list, show, replay and delete messages that no service could handle."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Annotated, Any
from uuid import UUID

import msgspec
import typer
from pika.exceptions import AMQPError
from rich.markup import escape
from rich.table import Table

from chassis.dead_letters import DeadLetter, DeadLetters, NoReplayQueueError, UnknownDeadLetterError
from cli.broker import operator_broker
from cli.operator import Yes, attest
from cli.output import Json, console, print_json, print_table
from cli.stack import exit_on_error
from contracts.vocabulary import Act
from deploy.dev.errors import StackError

app = typer.Typer(no_args_is_help=True, help="Messages mis de côté. / Dead letters.")

Id = Annotated[str, typer.Argument(metavar="ID", help="Voir / see: carnet dead-letters list")]

_SHOWN_IDS = 3


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Tous les messages mis de côté. / All dead letters; they stay where they are."""
    with _letters() as letters:
        found = letters.look()
    if as_json:
        print_json({"dead_letters": [_as_values(letter) for letter in found]})
    elif found:
        print_table(_table_of(found))
    else:
        console.print("Rien n'est mis de côté. / There is no dead letter.")


@app.command()
def show(letter_id: Id) -> None:
    """Un message et son contenu, qui peut être confidentiel. / One message with its payload, which may be private."""
    with _letters() as letters:
        found = letters.find(letter_id)
    print_table(_table_of([found]))
    for event_id in found.event_ids:
        console.print(f"  {event_id}")
    typer.echo(_readable(found.body))


@app.command()
def replay(letter_id: Id) -> None:
    """Renvoie un message à sa file d'origine. / Send a message back to the queue it came from."""
    with _letters() as letters:
        found = letters.replay(letter_id)
    console.print(f"Renvoyé / Sent back: {found.id} → {escape(found.queue or '')}")


@app.command()
def drop(letter_id: Id, yes: Yes = False) -> None:
    """Détruit un message pour toujours, à deux exploitants. / Destroy a message for ever; two operators call it."""
    with _letters("" if yes else f"Détruire / Destroy {letter_id} ?") as letters:
        attest(Act.SUPPRESSION_MESSAGE, letters.find(letter_id).id)
        found = letters.drop(letter_id)
    console.print(f"Détruit / Destroyed: {found.id}")


@contextmanager
def _letters(question: str = "") -> Iterator[DeadLetters]:
    """The dead letters of the configured broker; failures end the command with exit code 1.

    `question`: asked once the broker is named, and before it is connected to.
    """
    with exit_on_error():
        broker = operator_broker()
        if question:
            typer.confirm(question, abort=True)
        try:
            with DeadLetters(*broker) as letters:
                yield letters
        except UnknownDeadLetterError as error:
            raise StackError(f"aucun message de ce numéro / no dead letter of that id: {error}") from None
        except NoReplayQueueError:
            raise StackError("file d'origine inconnue ou absente / where it came from is not known or gone") from None
        except (AMQPError, OSError):
            raise StackError("le courtier ne répond pas / the broker does not answer") from None


def _table_of(found: list[DeadLetter]) -> Table:
    table = Table(show_lines=True)
    for heading in (
        *("ID", "File, sujet\nQueue, topic", "Motif\nReason", "Essais\nTries"),
        *("Depuis\nSince (UTC)", "Événements\nEvents"),
    ):
        table.add_column(heading)
    for letter in found:
        where = f"{letter.queue or f'? ({letter.service})'}\n{letter.topic or '?'}"
        attempts = "?" if letter.attempts is None else str(letter.attempts)
        since = letter.at.strftime("%Y-%m-%d\n%H:%M:%S") if letter.at else "?"
        table.add_row(
            *map(escape, (letter.id, where, letter.reason or "?", attempts, since, _first_ids(letter.event_ids)))
        )
    return table


def _first_ids(event_ids: Sequence[UUID]) -> str:
    """The first ids; `show` and `--json` print all."""
    shown = [str(event_id) for event_id in event_ids[:_SHOWN_IDS]]
    more = len(event_ids) - len(shown)
    return "\n".join([*shown, f"+{more}"] if more else shown) or "?"


def _as_values(letter: DeadLetter) -> dict[str, Any]:
    """All of a dead letter but its body, which may be private."""
    return {field.name: getattr(letter, field.name) for field in fields(letter) if field.name != "body"}


def _readable(body: bytes) -> str:
    try:
        return msgspec.json.format(body.decode())
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return repr(body)
