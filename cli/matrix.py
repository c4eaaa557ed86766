"""`carnet matrix`: list, show, compare, load and withdraw versions of the entitlement matrix."""

from collections import defaultdict
from collections.abc import Iterable, Set
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from cli.operator import Yes, operator_client, text_of
from cli.output import Json, console, print_json, print_table
from cli.stack import exit_on_error
from contracts.codes.documents import document_types
from contracts.codes.habilitation import Coverage, Matrix, matrix_from
from contracts.codes.profession_codes import professions
from contracts.codes.tables import UnknownCode
from contracts.consent.matrices import Matrices, MatrixDiff, MatrixVersion
from deploy.dev.errors import StackError

app = typer.Typer(no_args_is_help=True, help="Matrice d'habilitation. / Entitlement matrix.")

File = Annotated[
    Path,
    typer.Argument(exists=True, dir_okay=False, help="Une version, en JSON / one version, as JSON", metavar="FILE"),
]
Version = Annotated[str, typer.Argument(metavar="VERSION", help="Voir / see: carnet matrix list")]

_NOT_CONFIRMED = "[yellow]?[/]"


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Les versions, la plus récente d'abord. / All versions, newest effective date first."""
    with exit_on_error():
        found = _versions()
    if as_json:
        print_json(Matrices(versions=found))
    else:
        print_table(_table_of(found))


@app.command()
def show(version: Version) -> None:
    """Ce qu'une version laisse lire à chaque profession. / What one version lets each profession read."""
    with exit_on_error():
        found = next((candidate for candidate in _versions() if candidate.version == version), None)
        if found is None:
            raise StackError(f"aucune version de ce nom / no version of that name: {version}")
        table = _read(found.text)
        if table is None:
            raise StackError(f"cette version est illisible / this version does not read: {version}")
    in_force = "oui / yes" if found.in_force else "non / no"
    console.print(f"{escape(version)} : effet / effective {found.effective}, en vigueur / in force: {in_force}")
    print_table(_rows_of(table))
    _print_unconfirmed(_unconfirmed(table))


@app.command()
def diff(file: File) -> None:
    """Ce qu'une version changerait ; rien n'est chargé. / What a version would change; nothing is loaded."""
    with exit_on_error():
        text = text_of(file)
        _print_diff(_send(text, load=False), text)


@app.command()
def load(file: File, yes: Yes = False) -> None:
    """Charge une version, après avoir montré ce qu'elle change. / Load a version, once its changes were shown."""
    with exit_on_error():
        text = text_of(file)
        shown = _send(text, load=False)
        _print_diff(shown, text)
        if not yes:
            typer.confirm(f"Charger / Load {shown.version} ?", abort=True)
        done = _send(text, load=True)
    if done != msgspec.structs.replace(shown, loaded=True):
        # Another version was loaded meanwhile.
        console.print(
            "[yellow]![/] Ce qui change n'est plus ce qui fut montré / What changes is no longer what was shown:"
        )
        _print_diff(done, text)
    console.print(f"[green]✓[/] Chargée / Loaded: {escape(done.version)}, effet / effective {done.effective}")


@app.command()
def withdraw(version: Version, yes: Yes = False) -> None:
    """Retire une version chargée, après avoir montré ce qui change. / Withdraw a loaded version for ever."""
    with exit_on_error():
        shown = operator_client().withdraw_matrix(version, withdraw=False)
        _print_withdrawal(shown)
        if not yes:
            typer.confirm(f"Retirer / Withdraw {version} ?", abort=True)
        done = operator_client().withdraw_matrix(version, withdraw=True)
    console.print(
        f"[green]✓[/] Retirée / Withdrawn: {escape(version)} ; en vigueur / in force instead: {escape(done.version)}"
    )


def _versions() -> tuple[MatrixVersion, ...]:
    return operator_client().matrices()


def _send(text: str, *, load: bool) -> MatrixDiff:
    return operator_client().load_matrix(text, load=load)


def _read(text: str) -> Matrix | None:
    """The matrix in a version's text; None if this release does not know its codes."""
    try:
        return matrix_from(text)
    except (msgspec.MsgspecError, UnknownCode):
        return None


def _table_of(versions: Iterable[MatrixVersion]) -> Table:
    shown = Table(
        "Version",
        "Effet\nEffective",
        "En vigueur\nIn force",
        "Professions",
        f"Non confirmé\nNot confirmed {_NOT_CONFIRMED}",
    )
    for version in versions:
        table = _read(version.text)
        count = "[red]illisible / does not read[/]" if table is None else str(_unconfirmed(table))
        shown.add_row(
            escape(version.version), str(version.effective), _state_of(version), str(version.professions), count
        )
    return shown


def _state_of(version: MatrixVersion) -> str:
    if version.withdrawn_at is not None:
        return f"retirée / withdrawn {version.withdrawn_at:%Y-%m-%d %H:%M} UTC"
    return "[green]oui / yes[/]" if version.in_force else "non / no"


def _rows_of(table: Matrix) -> Table:
    shown = Table("Profession", "Source", "Lit\nReads", "Ne lit pas\nMay not read", show_lines=True)
    for code, row in sorted(table.professions.items()):
        reads = _count(table.readable(code), table.unconfirmed(code))
        shown.add_row(_profession(code), _coverage_of(row.coverage), reads, _types(row.denied))
    return shown


def _print_diff(diff: MatrixDiff, text: str) -> None:
    console.print(
        f"{escape(diff.version)} : effet / effective {diff.effective}, remplace / replaces {escape(diff.against)}"
    )
    _print_changes(diff, _read(text))


def _print_withdrawal(diff: MatrixDiff) -> None:
    table = next((_read(found.text) for found in _versions() if found.version == diff.version), None)
    console.print(
        f"{escape(diff.against)} : à partir du / from {diff.effective},"
        f" s'applique / what rules instead: {escape(diff.version)}"
    )
    _print_changes(diff, table)


def _print_changes(diff: MatrixDiff, table: Matrix | None) -> None:
    if diff.cells or diff.professions_added or diff.professions_removed:
        print_table(_changes_in(diff, table))
    else:
        console.print("Aucun droit ne change / No right changes.")
    _print_unconfirmed(diff.unconfirmed)


def _changes_in(diff: MatrixDiff, table: Matrix | None) -> Table:
    shown = Table("Profession", "Lira\nWill read", "Ne lira pas, plus\nWill not read, no longer", show_lines=True)
    gained, lost = _by_profession(diff, readable=True), _by_profession(diff, readable=False)
    for code in sorted({*gained, *lost, *diff.professions_added, *diff.professions_removed}):
        doubted = table.unconfirmed(code) if table and code in table.professions else frozenset()
        if code in diff.professions_added:
            reads, denied = f"nouvelle / new: {_count(gained[code], doubted)}", document_types().keys() - gained[code]
            shown.add_row(_profession(code), reads, _types(denied))
        elif code in diff.professions_removed:
            shown.add_row(_profession(code), "", "[red]retirée : plus rien / removed: nothing any more[/]")
        else:
            shown.add_row(_profession(code), _types(gained[code], doubted), _types(lost[code]))
    return shown


def _by_profession(diff: MatrixDiff, *, readable: bool) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for cell in diff.cells:
        if cell.readable is readable:
            found[cell.profession].add(cell.type_code)
    return found


def _coverage_of(coverage: Coverage) -> str:
    match coverage:
        case Coverage.EXHAUSTIVE:
            return "complète / exhaustive"
        case Coverage.LISTED:
            return "citée / listed"
        case Coverage.PARTIAL:
            return "partielle / partial"
        case Coverage.PRESUMED:
            return "présumée / presumed"


def _print_unconfirmed(count: int) -> None:
    console.print(
        f"{_NOT_CONFIRMED} {count} cellules lisibles qu'aucune source ne confirme"
        " / readable cells that no source confirms"
    )


def _unconfirmed(table: Matrix) -> int:
    return sum(len(table.unconfirmed(code)) for code in table.professions)


def _profession(code: str) -> str:
    row = professions().get(code)
    return escape(f"{code} {row.fr if row else '?'}")


def _count(readable: Set[str], doubted: Set[str]) -> str:
    return f"{len(readable)} types" + (f" {_NOT_CONFIRMED}" if readable & doubted else "")


def _types(codes: Iterable[str], doubted: Set[str] = frozenset()) -> str:
    """One type a line with its French label, marked if no source confirms it."""
    known = document_types()
    marks = {code: f" {_NOT_CONFIRMED}" if code in doubted else "" for code in codes}
    return "\n".join(
        escape(f"{code} {known[code].fr if code in known else '?'}") + mark for code, mark in sorted(marks.items())
    )
