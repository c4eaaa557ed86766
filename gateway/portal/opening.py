"""The pages that open a record, alike for professionals and agents: card and text, check, opening."""

from typing import Any

from litestar import Response
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_ENTITY

from contracts.errors.base import Malformed, Refusal, Unauthenticated
from contracts.errors.request import ConsentNotCollected, RecordNotFound, TokenInvalid, TokenMissing
from contracts.records.api import Records
from contracts.records.consent_texts import OPENING_TEXTS
from contracts.records.lifecycle import FindRecord, OpenRecord
from contracts.vocabulary import PatientId
from gateway.clients import ApiRequest
from gateway.errors import record_refusal
from gateway.forms import form_of, single_value
from gateway.portal.cards_shown import stated_identity
from gateway.portal.errors import text_of
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from gateway.portal.routes import site_of
from translations.catalogue import catalogue

OPENING, CHECK = "ouvrir", "ouvrir/verification"
"""Paths under a site."""
OPENED, EXISTS = "ouverture", "existe"
"""What the page that follows says was done."""
_PROOF, _TEXT, _CONSENT = "vitale_proof", "consent_text", "consent"
_TEXTS = catalogue("portal")
_CONSENTS = catalogue("consents").of_codes("opening.{}", OPENING_TEXTS)


def show_card(request: ApiRequest) -> Response[bytes]:
    """The text to show to the patient, and the field for the card's proof."""
    return _card_page(request, "", None)


async def show_check(request: ApiRequest) -> Response[Any]:
    """Whom the card names, to compare with who is present; a record that exists is shown instead."""
    proof = single_value(await form_of(request), _PROOF).strip()
    if not proof:
        return _card_page(request, proof, _TEXTS.in_language(language_of(request))("authorisation.proof_missing"))
    try:
        found = await request.call(Records.find_record, FindRecord(ins=stated_identity(proof).ins))
    except RecordNotFound:
        return _check_page(request, proof, OPENING_TEXTS[-1], None)
    except (TokenMissing, TokenInvalid):
        raise
    except (Malformed, Unauthenticated) as refusal:
        return _card_page(request, proof, refusal)
    return _to_record(request, found.record.patient_id, EXISTS)


async def open_record(request: ApiRequest) -> Response[Any]:
    """Open it, with the text that was shown."""
    fields = await form_of(request)
    proof, text = single_value(fields, _PROOF).strip(), single_value(fields, _TEXT)
    message = OpenRecord(
        vitale_proof=proof, consent_collected=bool(single_value(fields, _CONSENT)), consent_text=text
    )
    try:
        opened = await request.call(Records.open_record, message)
    except ConsentNotCollected as refusal:
        return _check_page(request, proof, text, refusal)
    except (TokenMissing, TokenInvalid):
        raise
    except (Malformed, Unauthenticated) as refusal:
        return _card_page(request, proof, refusal)
    return _to_record(request, opened.patient_id, OPENED)


def _to_record(request: ApiRequest, patient_id: PatientId, done: str) -> Redirect:
    site = site_of(request.url.path)
    return Redirect(f"{site}/d/{patient_id}?fait={done}", status_code=HTTP_303_SEE_OTHER)


def _card_page(request: ApiRequest, proof: str, error: Refusal | str | None) -> Response[bytes]:
    return _page(request, "card", _PROOF, error, proof=proof, consent=_shown_text(request, OPENING_TEXTS[-1]))


def _check_page(request: ApiRequest, proof: str, version: str, error: Refusal | None) -> Response[bytes]:
    version = version if version in OPENING_TEXTS else OPENING_TEXTS[-1]
    return _page(
        request,
        "check",
        _CONSENT,
        error,
        proof=proof,
        person=stated_identity(proof),
        version=version,
        consent=_shown_text(request, version),
    )


def _shown_text(request: ApiRequest, version: str) -> str:
    return _CONSENTS.text(version, language_of(request))


def _page(
    request: ApiRequest, template: str, field: str, error: Refusal | str | None, **values: Any
) -> Response[bytes]:
    if isinstance(error, Refusal):
        record_refusal(request, error, error)
        error = text_of(request, error)
    site = site_of(request.url.path)
    return render(
        request,
        f"opening/{template}",
        status=HTTP_422_UNPROCESSABLE_ENTITY if error else HTTP_200_OK,
        errors={field: error} if error else {},
        opening=f"{site}/{OPENING}",
        check=f"{site}/{CHECK}",
        **values,
    )
