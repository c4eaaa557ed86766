"""The SQL of lists of documents: a page of one, and how many of its documents each section has."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache, reduce
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    DateTime,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.db import written_out
from contracts.vocabulary import DepositorKind
from services.records.domain.words import COMBINING, LIGATURES, SoughtWord
from services.records.repositories.permits import ENTRY_COLUMNS_SEEN, WITHIN_PERMIT
from services.records.tables import documents, folder_documents, pins

_SECTION: BindParameter[str] = bindparam("section", type_=Text)
_AFTER: BindParameter[datetime] = bindparam("after_date", type_=DateTime(timezone=True))
_FOLDER: BindParameter[Any] = bindparam("folder", type_=Uuid)
_IS_IN_FOLDER = exists().where(
    folder_documents.c.patient_id == documents.c.patient_id,
    folder_documents.c.folder_id == _FOLDER,
    folder_documents.c.document_id == documents.c.document_id,
)
_IS_PINNED = exists().where(
    pins.c.patient_id == documents.c.patient_id, pins.c.document_id == documents.c.document_id
)
_SINCE: BindParameter[datetime] = bindparam("since", type_=DateTime(timezone=True))
_IS_NEW = and_(
    documents.c.changed_at >= _SINCE,
    or_(
        documents.c.depositor != bindparam("reader", type_=Text),
        documents.c.depositor_kind != literal_column(f"'{DepositorKind.PROFESSIONAL.value}'", Text),
    ),
)
"""Since the moment: deposited, shown or changed; not what the reader deposited."""
_LIKE, _ESCAPED = re.compile(r"[\\%_]"), r"\\\g<0>"


def _written(text: str) -> ColumnElement[str]:
    """In the text of the statement, which has named parameters only."""
    return literal_column(f"'{text}'", Text)


def _plain(column: ColumnElement[str]) -> ColumnElement[str]:
    decomposed = func.normalize(column, literal_column("NFKD"))
    letters = func.regexp_replace(decomposed, _written(COMBINING), _written(""), _written("g"))
    parted = reduce(lambda text, pair: func.replace(text, *map(_written, pair)), LIGATURES, letters)
    return func.lower(parted)


PLAIN_TEXT = _plain(
    func.concat_ws(_written(" "), documents.c.title, documents.c.author_name, documents.c.author_structure)
)
"""What words are sought in, besides the names of types: `domain.words.plain_text` in SQL."""


@cache
def list_of(words: int) -> str:
    """The statement of a page, newest first, of documents with so many words."""
    return written_out(
        select(*ENTRY_COLUMNS_SEEN)
        .where(
            *_filters(words),
            or_(_SINCE.is_(None), _IS_NEW),
            or_(_SECTION.is_(None), documents.c.section == _SECTION),
            or_(
                _AFTER.is_(None),
                tuple_(documents.c.created_at, documents.c.document_id)
                < tuple_(_AFTER, bindparam("after_id", type_=Uuid)),
            ),
        )
        .order_by(documents.c.created_at.desc(), documents.c.document_id.desc())
        .limit(bindparam("count"))
    )


COUNT_NEW = written_out(select(func.count()).select_from(documents).where(*WITHIN_PERMIT, _IS_NEW))
"""The statement of how many documents are new."""


@cache
def counts_of(words: int) -> str:
    """The statement of the sections, each with the number of its documents with so many words."""
    query = select(documents.c.section, func.count()).where(*_filters(words))
    return written_out(query.group_by(documents.c.section))


def word_parameters(words: Sequence[SoughtWord]) -> dict[str, Any]:
    """The parameters of as many words."""
    found: dict[str, Any] = {}
    for place, word in enumerate(words):
        found[f"word_{place}"] = f"%{_LIKE.sub(_ESCAPED, word.text)}%"
        found[f"types_{place}"] = list(word.types)
    return found


def _filters(words: int) -> list[ColumnElement[bool]]:
    """What a page and the numbers of its sections have in common."""
    return [
        *WITHIN_PERMIT,
        or_(_FOLDER.is_(None), _IS_IN_FOLDER),
        or_(not_(bindparam("pinned", type_=Boolean)), _IS_PINNED),
        *(
            or_(
                documents.c.type_code == any_(bindparam(f"types_{place}", type_=ARRAY(Text))),
                PLAIN_TEXT.like(bindparam(f"word_{place}", type_=Text)),
            )
            for place in range(words)
        ),
    ]
