"""Sample documents with fixed people and times, and edits of them."""

from datetime import datetime, timedelta, timezone

from samples import cda
from samples.coded import coded_summary
from samples.people import BIOLOGIST, CAMILLE, GENERAL_PRACTITIONER, HOSPITAL_DOCTOR, RADIOLOGIST

WHEN = datetime(2025, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=1)))
UNIQUE_ID = "1.2.250.1.213.1.1.9.4321.1"


def vsm(padding: int = 0) -> bytes:
    return cda.vsm(
        patient=CAMILLE, author=GENERAL_PRACTITIONER, unique_id=UNIQUE_ID, effective_time=WHEN, padding=padding
    )


def biology(padding: int = 0, seed: int = 0) -> bytes:
    return cda.biology(
        patient=CAMILLE,
        author=BIOLOGIST,
        unique_id=UNIQUE_ID,
        effective_time=WHEN,
        padding=padding,
        seed=seed,
    )


def imaging(replaces: str | None = None) -> bytes:
    return cda.imaging(
        patient=CAMILLE, author=RADIOLOGIST, unique_id=UNIQUE_ID, effective_time=WHEN, replaces=replaces
    )


def every_kind() -> dict[str, bytes]:
    return {
        "vsm": vsm(),
        "biology": biology(),
        "imaging": imaging(replaces=f"{UNIQUE_ID}^7"),
        "prescription": cda.prescription(
            patient=CAMILLE, author=GENERAL_PRACTITIONER, unique_id=UNIQUE_ID, effective_time=WHEN
        ),
        "discharge letter": cda.discharge_letter(
            patient=CAMILLE, author=HOSPITAL_DOCTOR, unique_id=UNIQUE_ID, effective_time=WHEN
        ),
        "coded summary": coded_summary(
            patient=CAMILLE, author=GENERAL_PRACTITIONER, unique_id=UNIQUE_ID, effective_time=WHEN
        ),
        "vaccination note": cda.vaccination_note(
            patient=CAMILLE, author=GENERAL_PRACTITIONER, unique_id=UNIQUE_ID, effective_time=WHEN
        ),
    }


def edited(document: bytes, old: str, new: str) -> bytes:
    """The document with the first `old` replaced; fails if there is none."""
    assert old.encode() in document, old
    return document.replace(old.encode(), new.encode(), 1)
