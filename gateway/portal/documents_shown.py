"""Documents as rows of the pages: names of types, icons, marks in words, by month."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contracts.ages import anniversary
from contracts.codes.documents import document_types
from contracts.consent.authorisations import AuthorisationStatus
from contracts.dates import PARIS
from contracts.records.documents import Document, RecordHolder
from contracts.vocabulary import DocumentStatus, Section, Visibility
from translations.catalogue import catalogue

_TEXTS = catalogue("portal")
_MARKS = _TEXTS.of_codes("mark.{}", Visibility)
_STATES = _TEXTS.of_codes("state.{}", (DocumentStatus.SUPERSEDED, DocumentStatus.ARCHIVED))
_MONTHS = _TEXTS.of_codes("whole_month.{}", [str(month) for month in range(1, 13)])
_ICONS = {
    Section.SYNTHESE: "notebook-text",
    Section.TRAITEMENTS: "pill",
    Section.ANALYSES: "flask-conical",
    Section.IMAGERIE: "scan-line",
    Section.COMPTES_RENDUS: "file-text",
    Section.PREVENTION: "syringe",
    Section.CERTIFICATS: "award",
    Section.REMBOURSEMENTS: "receipt",
    Section.ESPACE_PERSONNEL: "user-round",
}
_PICTURES = frozenset({"image/jpeg", "image/png"})
_SHOWN = frozenset({"application/pdf", "text/plain", "text/xml", "application/xml"})
"""What the reader's frame shows: a structured document as the page that is made of it."""
NEW_DAYS = 14
"""A document is new to its holder for this long after it was deposited."""
_KINDS = {
    "application/pdf": "pdf",
    "text/xml": "structured",
    "application/xml": "structured",
    "text/plain": "text",
    "text/rtf": "text",
    "application/rtf": "text",
}
_KIND_NAMES = _TEXTS.of_codes("media.{}", ("pdf", "structured", "text", "picture", "file"))
_KILO, _MEGA = 1_000, 1_000_000


@dataclass(frozen=True)
class DocumentRow:
    """What a page says of a document."""

    document: Document
    type_name: str
    icon: str
    marks: tuple[str, ...]
    month: str
    """`YYYY-MM`, of Paris."""
    month_name: str

    media: str
    """What kind of file it is, and its size, in words."""

    @property
    def is_picture(self) -> bool:
        return self.document.media_type in _PICTURES

    @property
    def is_shown(self) -> bool:
        return self.document.media_type in _SHOWN


@dataclass(frozen=True)
class ShownHolder:
    """Whom a record is about."""

    holder: RecordHolder
    today: date

    @property
    def family_name(self) -> str:
        return self.holder.traits.family_name

    @property
    def given_names(self) -> str:
        return self.holder.traits.given_names

    @property
    def sex(self) -> str:
        return self.holder.traits.sex

    @property
    def born(self) -> str:
        return f"{self.holder.traits.birth_date:%d/%m/%Y}"

    @property
    def age(self) -> int:
        years = self.today.year - self.holder.traits.birth_date.year
        return years - (anniversary(self.holder.traits.birth_date, years) > self.today)

    @property
    def authorisation(self) -> str:
        return self.holder.authorisation.value

    @property
    def is_authorised(self) -> bool:
        return self.holder.authorisation is AuthorisationStatus.VALID

    @property
    def medecin_traitant(self) -> bool:
        return self.holder.medecin_traitant

    @property
    def ins(self) -> str:
        return spaced_ins(self.holder.ins.matricule)


def spaced_ins(matricule: str) -> str:
    """As it is printed on cards: 2 85 07 75 999 001 32, with spaces that do not break."""
    ends = ((0, 1), (1, 3), (3, 5), (5, 7), (7, 10), (10, 13), (13, 15))
    return "\u202f".join(matricule[start:end] for start, end in ends if matricule[start:end])


def row_of(document: Document, language: str) -> DocumentRow:
    """What to say of a document in a language."""
    local = document.created_at.astimezone(PARIS)
    kind = document_types().get(document.type_code)
    label = (kind.en if language == "en" else kind.fr) if kind else document.title
    states = [_STATES.text(document.status, language)] if document.status in _STATES else []
    return DocumentRow(
        document=document,
        type_name=label,
        icon=_ICONS[document.section],
        marks=(*states, *(_MARKS.text(mark, language) for mark in document.visibility)),
        month=f"{local:%Y-%m}",
        media=f"{_KIND_NAMES.text(_kind_of(document.media_type), language)}, {size_text(document.size, language)}",
        month_name=f"{_MONTHS.text(str(local.month), language)} {local.year}",
    )


def is_new(document: Document, now: datetime) -> bool:
    """Whether it was deposited in the last days."""
    return now - document.deposited_at < timedelta(days=NEW_DAYS)


def size_text(size: int, language: str) -> str:
    """Bytes as people read them: 12 ko, 3,4 Mo."""
    byte = "o" if language == "fr" else "B"
    if size < _MEGA:
        return f"{max(1, round(size / _KILO))}\u00a0k{byte}"
    text = f"{size / _MEGA:.1f}\u00a0M{byte}"
    return text.replace(".", ",") if language == "fr" else text


def _kind_of(media_type: str) -> str:
    if media_type.startswith("image/"):
        return "picture"
    return _KINDS.get(media_type, "file")


def holder_of(holder: RecordHolder | None, now: datetime) -> ShownHolder | None:
    """For the head of a page; None where it is not known."""
    return None if holder is None else ShownHolder(holder, now.astimezone(PARIS).date())
