"""Bodies of sample CDA documents: coded sections with narrative, or one embedded file."""

import base64
from collections.abc import Sequence

import msgspec

from samples.header import LOINC, E, Node, SampleCode, coded

_NOTE = (
    "Suivi sans particularité ; traitement bien toléré, pris régulièrement ; tension artérielle stable aux trois"
    " dernières mesures ; conseils d'activité physique et d'alimentation rappelés ; vaccinations à jour ;"
    " le patient n'exprime pas de plainte nouvelle ; prochain contrôle dans trois mois, plus tôt en cas de gêne."
)


class Table(msgspec.Struct, frozen=True):
    """One section: LOINC code, title, templates, and the narrative table that its entries refer to."""

    code: str
    title: str
    templates: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def structured(tables: Sequence[Table], padding: int = 0) -> Node:
    """Level 3 body, one section for each table; a section of follow-up notes adds about `padding` bytes."""
    sections = [*tables, _notes(padding)] if padding else tables
    return E.structuredBody(*(E.component(_section(table)) for table in sections))


def wrapped(content: bytes, media_type: str) -> Node:
    """Level 1 body: the file in base64."""
    text = E.text(base64.b64encode(content).decode(), mediaType=media_type, representation="B64")
    return E.nonXMLBody(text)


def _section(table: Table) -> Node:
    anchor = f"s{table.code}"
    narrative = E.table(
        E.thead(E.tr(*(E.th(column) for column in table.columns))),
        E.tbody(*(_row(f"{anchor}-{number}", row) for number, row in enumerate(table.rows))),
    )
    return E.section(
        *(E.templateId(root=root) for root in table.templates),
        coded("code", SampleCode(table.code, LOINC, table.title)),
        E.title(table.title),
        E.text(narrative),
        *(_entry(f"{anchor}-{number}", table) for number in range(len(table.rows))),
    )


def _row(anchor: str, cells: tuple[str, ...]) -> Node:
    return E.tr(*(E.td(cell) for cell in cells), ID=anchor)


def _entry(anchor: str, table: Table) -> Node:
    return E.entry(
        E.observation(
            coded("code", SampleCode(table.code, LOINC, table.title)),
            E.text(E.reference(value=f"#{anchor}")),
            E.statusCode(code="completed"),
            classCode="OBS",
            moodCode="EVN",
        )
    )


def _notes(padding: int) -> Table:
    # A row adds its text and about 500 bytes of markup.
    count = max(1, round(padding / (len(_NOTE.encode()) + 500)))
    rows = tuple((f"Contact {number + 1}", _NOTE) for number in range(count))
    return Table("34109-9", "Notes de suivi", (), ("Contact", "Note"), rows)
