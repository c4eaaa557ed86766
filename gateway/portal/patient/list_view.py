"""Which documents of a record a page lists: the filters in its address, or in the form of a search."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from contracts.errors.request import InvalidRequest
from contracts.records.documents import ListDocuments
from contracts.vocabulary import PatientId, Section

SECTION, FOLDER, PINNED, ARCHIVED, SUPERSEDED, AFTER = (
    "rubrique",
    "classeur",
    "epingles",
    "archives",
    "remplaces",
    "apres",
)
NAMES = (SECTION, FOLDER, PINNED, ARCHIVED, SUPERSEDED, AFTER)
_COUNT = 50
_YES = "oui"


@dataclass(frozen=True)
class ListView:
    """The filters; `after`: cursor of a later page."""

    section: Section | None = None
    folder: UUID | None = None
    pinned: bool = False
    archived: bool = False
    superseded: bool = False
    after: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """As an address or a form has them; without what is not set."""
        texts = {
            SECTION: self.section.value if self.section else "",
            FOLDER: str(self.folder or ""),
            PINNED: _YES if self.pinned else "",
            ARCHIVED: _YES if self.archived else "",
            SUPERSEDED: _YES if self.superseded else "",
            AFTER: self.after,
        }
        return {name: text for name, text in texts.items() if text}

    @property
    def is_filtered(self) -> bool:
        """Whether fewer than the usual documents are listed."""
        return bool(self.section or self.folder or self.pinned)

    @property
    def query(self) -> str:
        return f"?{urlencode(self.fields)}" if self.fields else ""

    def with_section(self, section: Section | None) -> "ListView":
        return replace(self, section=section, after="")

    def with_folder(self, folder: UUID | None) -> "ListView":
        return replace(self, folder=folder, after="")

    def turned(self, filter_name: str) -> "ListView":
        """With one of the filters that are on or off turned; `filter_name`: pinned, archived or superseded."""
        match filter_name:
            case "pinned":
                return replace(self, pinned=not self.pinned, after="")
            case "archived":
                return replace(self, archived=not self.archived, after="")
            case _:
                return replace(self, superseded=not self.superseded, after="")

    def later(self, cursor: str) -> "ListView":
        return replace(self, after=cursor)

    def message(self, patient_id: PatientId, words: str = "") -> ListDocuments:
        """The question for one page of them, with counts by section."""
        return ListDocuments(
            patient_id=patient_id,
            section=self.section,
            count=_COUNT,
            cursor=self.after or None,
            superseded=self.superseded,
            archived=self.archived,
            folder=self.folder,
            pinned=self.pinned,
            words=words,
            counts=True,
        )


def list_view_of(sent: Mapping[str, str]) -> ListView:
    """The filters that were sent; raises InvalidRequest."""
    name = SECTION
    try:
        section = Section(sent[SECTION]) if sent.get(SECTION) else None
        name = FOLDER
        folder = UUID(sent[FOLDER]) if sent.get(FOLDER) else None
    except ValueError:
        raise InvalidRequest(field=name) from None
    return ListView(
        section=section,
        folder=folder,
        pinned=bool(sent.get(PINNED)),
        archived=bool(sent.get(ARCHIVED)),
        superseded=bool(sent.get(SUPERSEDED)),
        after=sent.get(AFTER, ""),
    )
