"""What a page says of the act that led to it, and the form that undoes it."""

from dataclasses import dataclass

from contracts.records.documents import Document
from contracts.vocabulary import DocumentStatus, Visibility
from gateway.clients import ApiRequest
from gateway.portal.languages import language_of
from translations.catalogue import catalogue

DONE = "fait"
_TEXTS = catalogue("portal")
_ACTS = ("masque", "montre", "archive", "restaure", "epingle", "desepingle", "range")
_DONE_TEXTS = _TEXTS.of_codes("document.done.{}", _ACTS)


@dataclass(frozen=True)
class ActDone:
    """`undo`: the path below the document, the field and the value of the form; None where nothing is undone."""

    text: str
    undo: tuple[str, str, str] | None = None


_UNDO = {
    "masque": ("visibilite", "masque", "non"),
    "montre": ("visibilite", "masque", "oui"),
    "archive": ("archive", "archive", "non"),
    "restaure": ("archive", "archive", "oui"),
    "epingle": ("epingle", "epingle", "non"),
    "desepingle": ("epingle", "epingle", "oui"),
}


def act_done(request: ApiRequest, document: Document, *, is_pinned: bool) -> ActDone | None:
    """The act that the address names, as long as the document is as it left it: the page may be an older one."""
    act = request.query_params.get(DONE, "")
    is_masked = Visibility.MASQUE_PS in document.visibility
    is_archived = document.status is DocumentStatus.ARCHIVED
    holds = {
        "masque": is_masked,
        "montre": not is_masked,
        "archive": is_archived,
        "restaure": not is_archived,
        "epingle": is_pinned,
        "desepingle": not is_pinned,
        "range": True,
    }
    if not holds.get(act, False):
        return None
    return ActDone(_DONE_TEXTS.text(act, language_of(request)), _UNDO.get(act))
