"""The opening of a record: with which consent, by whom, and who is told."""

import requests

from client.api_client import ApiClient
from client.people import DemoPeople, login_for
from contracts.records.consent_texts import OPENING_TEXTS
from contracts.vocabulary import OpeningChannel
from deploy.dev.stack import Stack
from tests.support.journal_and_notices import expect_notices
from tests.support.people import Holder, activate_account, new_patient, open_record
from tests.support.staff import AGENT, agent_client


def open_with(client: ApiClient, demo: DemoPeople, **fields: object) -> requests.Response:
    """The raw answer to an opening with these fields."""
    proof = demo.vitale_proof(demo.card_for(new_patient()))
    return requests.post(
        f"{demo.gateway}/dmp/records",
        json={"vitale_proof": proof, "consent_collected": True} | fields,
        headers={"Authorization": f"Bearer {client.token}"},
        timeout=30,
    )


def test_the_text_to_show_is_public_in_both_languages(demo: DemoPeople) -> None:
    texts = requests.get(f"{demo.gateway}/consent-texts", timeout=30).json()["opening"]
    assert [text["version"] for text in texts] == list(reversed(OPENING_TEXTS))
    assert [text["current"] for text in texts] == [True] + [False] * (len(texts) - 1)
    assert all("dix ans" in text["fr"] and "ten years" in text["en"] for text in texts)


def test_holders_see_who_collected_their_consent_and_with_which_text(demo: DemoPeople) -> None:
    holder = open_record(demo)
    patient = activate_account(demo, holder)
    record = patient.record(holder.record)
    pharmacist = demo.professional("pharmacist")
    assert record.consent is not None
    assert record.consent.at == record.opened_at
    assert (record.consent.channel, record.consent.text) == (OpeningChannel.PROFESSIONNEL, OPENING_TEXTS[-1])
    assert (record.consent.collector, record.consent.structure) == (pharmacist.rpps, pharmacist.structure)
    expect_notices(patient, holder.record, "OUVERTURE_DOSSIER")


def test_a_consent_without_a_stated_text_says_so_and_one_with_an_unknown_text_is_refused(
    demo: DemoPeople, platform: Stack
) -> None:
    agent = agent_client(platform)
    refused = open_with(agent, demo, consent_text="1999-12")
    assert (refused.status_code, refused.json()["details"]) == (400, {"field": "consent_text"})
    bearer = new_patient()
    card = demo.card_for(bearer)
    opened = open_with(agent, demo, vitale_proof=demo.vitale_proof(card)).json()
    holder = Holder(bearer, card, opened["patient_id"], login_for(bearer))
    consent = activate_account(demo, holder).record(holder.record).consent
    assert consent is not None
    assert (consent.channel, consent.collector, consent.text) == (OpeningChannel.AGENT, AGENT, None)
