"""What a professional fills in to deposit a file: read from a form, and stated to records."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from uuid import UUID, uuid4, uuid5

from contracts.cda import OID_PROFESSIONALS, OID_STRUCTURES, CdaAuthor, CdaIdentifier, CdaOrganisation
from contracts.codes.documents import document_types
from contracts.dates import PARIS
from contracts.errors.request import InvalidRequest
from contracts.identity.browser_sessions import BrowserAccess
from contracts.records.documents import Document
from contracts.records.entries import ClaimedMetadata
from contracts.vocabulary import Coded, DepositorKind, DocumentId, Section, Visibility
from gateway.forms import single_value
from gateway.portal.file_suggestions import FileKind, Suggestion, suggest
from gateway.upload_forms import SentFile, UploadForm

FILE, TYPE, TITLE, DATE = "file", "type", "title", "date"
MASKED, LATER, UNTIL, DEPOSIT, OLDER_MARKS = "masked", "later", "until", "deposit", "older_marks"
_LONGEST_TITLE = 200
_CHECKED = "oui"


class WrongField(Exception):
    """A field that is missing or wrong; `name`: of the field, `text`: key of what to say of it."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(name)
        self.name, self.text = name, text


@dataclass(frozen=True)
class DepositFields:
    """What was filled in, as it was sent; `deposit`: made with the form, so that sending it twice is one deposit.

    `older_marks`: with which boxes ticked the form to replace a document was shown.
    """

    deposit: str
    type_code: str = ""
    title: str = ""
    date: str = ""
    masked: bool = False
    later: bool = False
    until: str = ""
    older_marks: str = ""

    @property
    def marks(self) -> tuple[Visibility, ...]:
        marks = ((self.masked, Visibility.MASQUE_PS), (self.later, Visibility.INVISIBLE_PATIENT))
        return tuple(mark for is_set, mark in marks if is_set)


@dataclass(frozen=True)
class ReadyFile:
    """A file with bytes, and what it seems to be."""

    file: SentFile
    suggestion: Suggestion

    @property
    def states_itself(self) -> bool:
        return self.suggestion.kind is FileKind.STRUCTURED


def empty_fields() -> DepositFields:
    """Of a new form."""
    return DepositFields(deposit=str(uuid4()))


def suggested_fields(suggestion: Suggestion) -> DepositFields:
    """Of a form for one file."""
    return replace(empty_fields(), type_code=suggestion.type_code or "", title=suggestion.title[:_LONGEST_TITLE])


def fields_replacing(older: Document, now: datetime) -> DepositFields:
    """Of a form for a newer version: hidden from whom the older one is hidden, until the professional decides."""
    until = older.invisible_until
    is_later = Visibility.INVISIBLE_PATIENT in older.visibility and until is not None and now < until
    fields = replace(
        empty_fields(),
        masked=Visibility.MASQUE_PS in older.visibility,
        later=is_later,
        until=_day_shown(until) if until and is_later else "",
    )
    return replace(fields, older_marks=" ".join(fields.marks))


def with_marks_of(older: Document, fields: DepositFields, now: datetime) -> DepositFields:
    """What was filled in, with the boxes as the older version bears its marks now."""
    marked = fields_replacing(older, now)
    return replace(marked, deposit=fields.deposit, type_code=fields.type_code, title=fields.title, date=fields.date)


def shows_marks_of(older: Document, fields: DepositFields, now: datetime) -> bool:
    """Whether the form was shown with the marks that the older version bears now."""
    return fields.older_marks == fields_replacing(older, now).older_marks


def fields_of(form: UploadForm) -> DepositFields:
    """What was sent; raises InvalidRequest."""

    def value(name: str) -> str:
        return single_value(form.fields, name).strip()

    try:
        deposit = str(UUID(value(DEPOSIT)))
    except ValueError:
        raise InvalidRequest(field=DEPOSIT) from None
    return DepositFields(
        deposit=deposit,
        type_code=value(TYPE),
        title=value(TITLE)[:_LONGEST_TITLE],
        date=value(DATE),
        masked=value(MASKED) == _CHECKED,
        later=value(LATER) == _CHECKED,
        until=value(UNTIL),
        older_marks=value(OLDER_MARKS),
    )


def ready_file(form: UploadForm) -> ReadyFile:
    """The file of a form; raises WrongField."""
    file = form.file
    if file is None or not (file.size or file.name):
        raise WrongField(FILE, "file_missing")
    if not file.size:
        raise WrongField(FILE, "file_empty")
    return ReadyFile(file, suggest(file.name, file.head))


def visible_from(fields: DepositFields, older: Document | None = None) -> datetime | None:
    """When the patient sees a document that is kept for an announcement; None: when the platform says.

    The day of the older version is its moment: the beginning of that day would be sooner.

    Raises:
        WrongField.
    """
    if not fields.later or not fields.until:
        return None
    day = _day(fields.until, UNTIL, "until_wrong")
    until = older.invisible_until if older else None
    return until if until and _day_shown(until) == day.isoformat() else _beginning_of(day)


def stated_metadata(
    fields: DepositFields, ready: ReadyFile, author: BrowserAccess, replaces: DocumentId | None, now: datetime
) -> ClaimedMetadata | None:
    """What the depositor states of a file; None of a structured document, which states it itself.

    Raises:
        WrongField.
    """
    if ready.states_itself:
        return None if replaces is None else ClaimedMetadata(replaces=str(replaces))
    kind = document_types().get(fields.type_code)
    if kind is None or DepositorKind.PROFESSIONAL not in kind.depositors:
        raise WrongField(TYPE, "type_missing")
    created_at, created_on = _written(fields.date, now)
    place = _place_of(author)
    return ClaimedMetadata(
        # The same form with another file is another document.
        unique_id=str(uuid5(UUID(fields.deposit), ready.file.sha256)),
        type=Coded(kind.code, kind.system, kind.fr),
        title=fields.title or kind.fr,
        language="fr-FR",
        created_at=created_at,
        created_on=created_on,
        authors=(_author_of(author, place, created_at),),
        custodian=CdaOrganisation(identifier=place, name=author.workplace or None),
        confidentiality="N",
        replaces=None if replaces is None else str(replaces),
    )


def types_by_section() -> dict[Section, list[str]]:
    """The types that a professional deposits."""
    found: dict[Section, list[str]] = {section: [] for section in Section}
    for code, row in document_types().items():
        if DepositorKind.PROFESSIONAL in row.depositors:
            found[row.section].append(code)
    return {section: codes for section, codes in found.items() if codes}


def _written(sent: str, now: datetime) -> tuple[datetime, str | None]:
    """The moment of writing, and the day where only that is known."""
    if not sent:
        return now, None
    day = _day(sent, DATE, "date_wrong")
    today = now.astimezone(PARIS).date()
    if day > today or day.year < 1900:
        raise WrongField(DATE, "date_wrong")
    return (now, None) if day == today else (_beginning_of(day), day.isoformat())


def _day(sent: str, name: str, text: str) -> date:
    """A day as browsers send it, or as people write it: 2026-11-24, 24/11/2026."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(sent, form).replace(tzinfo=PARIS).date()
        except ValueError:
            continue
    raise WrongField(name, text)


def _beginning_of(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS).astimezone(UTC)


def _day_shown(moment: datetime) -> str:
    return moment.astimezone(PARIS).date().isoformat()


def _place_of(author: BrowserAccess) -> CdaIdentifier | None:
    structure = author.actor.structure
    return CdaIdentifier(root=OID_STRUCTURES, extension=f"1{structure}") if structure else None


def _author_of(author: BrowserAccess, place: CdaIdentifier | None, when: datetime) -> CdaAuthor:
    return CdaAuthor(
        identifier=CdaIdentifier(root=OID_PROFESSIONALS, extension=f"8{author.actor.subject}"),
        display=author.actor.name or None,
        profession=author.actor.profession,
        structure=place,
        structure_name=author.workplace or None,
        time=when,
    )
