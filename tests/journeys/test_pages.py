"""Documents shown to people: as a page, under a policy that lets nothing act, and as a reading like any other."""

from pathlib import Path

import pytest
import requests

from cli.demo.cast import Cast
from services.documents.rendering import page_of
from tests.support.people import Holder, activate, deposited, open_record
from tests.support.trails import line

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "cda"


@pytest.fixture
def holder(cast: Cast) -> Holder:
    return open_record(cast)


def test_a_page_is_shown_under_a_strict_policy_and_is_a_line_in_the_journal(cast: Cast, holder: Holder) -> None:
    document = deposited(cast, holder)
    patient = activate(cast, holder)
    reply = requests.get(
        f"{cast.gateway}/dmp/records/{holder.record}/documents/{document}/page",
        headers={"authorization": f"Bearer {patient.token}", "accept-language": "en"},
        timeout=20,
    )
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.headers["content-disposition"] == "inline"
    assert reply.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert '<html lang="en">' in reply.text and holder.patient.family_name in reply.text
    assert line(patient, holder.record, act="consultation_document")["outcome"] == "allowed"


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the national samples are not beside this checkout")
def test_every_national_sample_has_a_page() -> None:
    shown = {path.name: page_of("text/xml", path.read_bytes(), "fr") for path in SAMPLES.glob("*.xml")}
    assert len(shown) == 16
    assert {page.media_type for page in shown.values()} == {"text/html; charset=utf-8", "application/pdf"}
    for page in shown.values():
        assert page.body.startswith((b"<!doctype html>", b"%PDF-"))
