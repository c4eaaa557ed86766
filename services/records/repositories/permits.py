"""What a Permit shows of documents, in SQL: which of them, and the state that follows from those it shows."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    DateTime,
    FromClause,
    Text,
    all_,
    and_,
    any_,
    bindparam,
    case,
    func,
    literal_column,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from contracts.consent.decisions import MaskedAccess
from contracts.consent.permits import Permit
from contracts.vocabulary import DepositorKind, DocumentStatus
from services.records.repositories.persons import is_permitted, permitted
from services.records.repositories.rows import ENTRY_COLUMNS, STORED_COLUMNS
from services.records.tables import documents, replacements

_READER: BindParameter[str] = bindparam("reader", type_=Text)
_AT: BindParameter[datetime] = bindparam("at", type_=DateTime(timezone=True))
# Written into the text: the statements of `written_out` have named parameters only.
_PROFESSIONAL = literal_column(f"'{DepositorKind.PROFESSIONAL.value}'", Text)
_SECTIONS: BindParameter[Any] = bindparam("sections", type_=ARRAY(Text))


def is_shown(table: FromClause) -> ColumnElement[bool]:
    """Whether a permit shows a document of `table` in some state; null is no.

    It is the condition for everything that says something about a document, be it the document itself, the version
    that it replaces or the submission set that it came in.
    """
    column = table.c
    is_depositor = and_(column.depositor == _READER, column.depositor_kind == _PROFESSIONAL)
    is_own = or_(is_depositor, column.author_rpps == _READER)
    return and_(
        is_permitted(column.patient_id),
        or_(
            and_(is_own, bindparam("own_of_any_type", type_=Boolean)),
            column.type_code != all_(bindparam("denied_types", type_=ARRAY(Text))),
        ),
        or_(is_own, not_(bindparam("own_only", type_=Boolean))),
        or_(is_own, not_(column.masque_ps), bindparam("sees_masked", type_=Boolean)),
        or_(_SECTIONS.is_(None), column.section == any_(_SECTIONS)),
        or_(
            not_(bindparam("hides_invisible", type_=Boolean)),
            and_(or_(column.invisible_until.is_(None), column.invisible_until <= _AT), not_(column.never_shown)),
        ),
        or_(not_(bindparam("hides_secret", type_=Boolean)), not_(column.hidden_from_representatives)),
    )


_DELETED, _SUPERSEDED, _CURRENT = (
    literal_column(f"'{status.value}'", Text)
    for status in (DocumentStatus.DELETED, DocumentStatus.SUPERSEDED, DocumentStatus.CURRENT)
)
_newer = documents.alias("newer")
_older = documents.alias("older")
_successor = (
    select(func.min(_newer.c.deposited_at).label("at"))
    .select_from(replacements.join(_newer, _newer.c.document_id == replacements.c.newer))
    .where(
        documents.c.replaced,
        replacements.c.patient_id == documents.c.patient_id,
        replacements.c.older == documents.c.document_id,
        is_shown(_newer),
    )
    .lateral("successor")
)
"""One row for each document; `at`: since when a version that the permit shows replaces it. Read once a document, and
along the keys; of most documents `replaced` is false, and nothing is read."""

_predecessor = (
    select(_older.c.unique_id)
    .select_from(replacements.join(_older, _older.c.document_id == replacements.c.older))
    .where(
        replacements.c.patient_id == documents.c.patient_id,
        replacements.c.newer == documents.c.document_id,
        is_shown(_older),
    )
    .order_by(replacements.c.steps)
    .limit(literal_column("1"))
    .scalar_subquery()
)

STATUS = case(
    (or_(not_(documents.c.replaced), documents.c.status == _DELETED), documents.c.status),
    (_successor.c.at.is_not(None), _SUPERSEDED),
    (documents.c.status == _SUPERSEDED, _CURRENT),
    else_=documents.c.status,
)
"""A document is superseded for those who are shown a version that replaces it, be it by others in between."""

CHANGED_AT = func.greatest(documents.c.changed_at, _successor.c.at)

REPLACES = case((documents.c.replaces.is_not(None), func.coalesce(_predecessor, documents.c.replaces)))
"""The nearest older version that the permit shows; without one what the document names, as if it were not here."""

WITHIN_PERMIT = (is_shown(documents), any_(bindparam("statuses", type_=ARRAY(Text))) == STATUS)
"""The documents within a permit: `domain.permits.can_see` in SQL. psycopg2 writes the values into the query, so that
PostgreSQL folds the conditions a permit does not use and plans for the others."""

_AS_SEEN = {"status": STATUS, "changed_at": CHANGED_AT, "replaces": REPLACES}
ENTRY_COLUMNS_SEEN = [_AS_SEEN.get(column.name, column) for column in ENTRY_COLUMNS]
STORED_COLUMNS_SEEN = [_AS_SEEN.get(column.name, column) for column in STORED_COLUMNS]
"""The columns of a document as a permit shows it, in the order of `document_of` and `stored_document_of`."""


def permit_parameters(permit: Permit) -> dict[str, Any]:
    """The parameters of WITHIN_PERMIT, and of `is_shown`."""
    limits = permit.limits
    return {
        "patient_ids": permitted(permit.ids),
        "reader": permit.reader,
        "at": permit.at,
        "statuses": [status.value for status in permit.statuses],
        "denied_types": list(limits.denied_types),
        "own_only": limits.own_only,
        "own_of_any_type": limits.own_of_any_type,
        "sees_masked": limits.masked is MaskedAccess.ALL,
        "sections": None if limits.sections is None else [section.value for section in limits.sections],
        "hides_invisible": limits.hides_invisible,
        "hides_secret": limits.hides_secret,
    }
