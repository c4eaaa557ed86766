"""A record in the address of a patient's page: their own, or one they represent or help with."""

from typing import Any

from contracts.vocabulary import PatientId
from gateway.clients import ApiRequest
from gateway.portal.languages import language_of
from gateway.portal.routes import PATIENT_SITE
from translations.catalogue import catalogue

RECORD = f"{PATIENT_SITE}/d/{{patient_id:uuid}}"
"""Pages of a record name it in their address, so that two windows may show two profiles."""
_TEXTS = catalogue("portal")


def base_of(patient_id: PatientId) -> str:
    """The path of the first page of a record."""
    return f"{PATIENT_SITE}/d/{patient_id}"


def frame_of(request: ApiRequest, patient_id: PatientId) -> dict[str, Any]:
    """What the frame of each page of a record needs: `base`, `tabs` (path, name, drawing)."""
    _, base = _TEXTS.in_language(language_of(request)), base_of(patient_id)
    tabs = (
        (base, _("espace.tab.home"), "house"),
        (f"{base}/documents", _("espace.tab.documents"), "folder-open"),
        (f"{base}/acces", _("espace.tab.access"), "eye"),
        (f"{PATIENT_SITE}/avis", _("espace.tab.notices"), "bell"),
    )
    return {"base": base, "tabs": tabs}
