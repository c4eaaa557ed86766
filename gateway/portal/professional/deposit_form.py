"""What a professional fills in to deposit a file: read from a form, and stated to records."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from uuid import UUID, uuid4, uuid5

from contracts.cda import OID_PROFESSIONALS, OID_STRUCTURES, CdaAuthor, CdaIdentifier, CdaOrganisation
from contracts.codes.documents import document_types
from contracts.dates import PARIS
from contracts.errors.request import InvalidRequest
from contracts.identity.browser_sessions import BrowserAccess
from contracts.records.entries import ClaimedMetadata
from contracts.vocabulary import Coded, DepositorKind, DocumentId, Section, Visibility
from gateway.forms import single_value
from gateway.portal.file_suggestions import FileKind, Suggestion, suggest
from gateway.upload_forms import SentFile, UploadForm

FILE, TYPE, TITLE, DATE = "file", "type", "title", "date"
MASKED, LATER, UNTIL, DEPOSIT = "masked", "later", "until", "deposit"
_LONGEST_TITLE = 200
_CHECKED = "oui"


class WrongField(Exception):
    """A field that is missing or wrong; `name`: of the field, `text`: key of what to say of it."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(name)
        self.name, self.text = name, text


@dataclass(frozen=True)
class DepositFields:
    """What was filled in, as it was sent; `deposit`: made with the form, so that sending it twice is one deposit."""

    deposit: str
    type_code: str = ""
    title: str = ""
    date: str = ""
    masked: bool = False
    later: bool = False
    until: str = ""

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
    )


def ready_file(form: UploadForm) -> ReadyFile:
    """The file of a form; raises WrongField."""
    file = form.file
    if file is None or not (file.size or file.name):
        raise WrongField(FILE, "file_missing")
    if not file.size:
        raise WrongField(FILE, "file_empty")
    return ReadyFile(file, suggest(file.name, file.head))


def visible_from(fields: DepositFields) -> datetime | None:
    """When the patient sees a document that is kept for an announcement; None: when the platform says.

    Raises:
        WrongField.
    """
    if not fields.later or not fields.until:
        return None
    return _beginning_of(_day(fields.until, UNTIL, "until_wrong"))


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
