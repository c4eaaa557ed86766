"""The texts with which patients consent."""

from litestar import get

from contracts.records.consent_texts import OPENING_TEXTS, ConsentText, ConsentTexts
from gateway.guards import PUBLIC, ROLES
from translations.catalogue import catalogue

_OPENING = catalogue("consents").of_codes("opening.{}", OPENING_TEXTS)


@get("/consent-texts", opt={ROLES: PUBLIC}, tags=["Dossier"], summary="Lire les textes de consentement")
async def list_consent_texts() -> ConsentTexts:
    """The text to show to a patient before their record is opened, in every version, newest first.

    The version that was shown is `consent_text` of the request that opens the record.
    """
    return ConsentTexts(
        opening=tuple(
            ConsentText(
                version=version,
                current=version == OPENING_TEXTS[-1],
                fr=_OPENING.text(version, "fr"),
                en=_OPENING.text(version, "en"),
            )
            for version in reversed(OPENING_TEXTS)
        )
    )


PUBLIC_ROUTES = [list_consent_texts]
