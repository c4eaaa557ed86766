"""A patient's revocation of an app ends what they had granted until then, however late it arrives."""

from datetime import timedelta
from uuid import uuid4

from chassis.opaque import new_opaque, token_hash
from contracts.consent.events import AppRevoked
from contracts.vocabulary import PatientId
from services.identity.domain.granting import Grant
from services.identity.handlers.tokens import end_grants
from tests.integration.identity.harness import IdentityHarness

APP, PATIENT = "app-1", PatientId(uuid4())


def grant_given(harness: IdentityHarness) -> Grant:
    grant = Grant(
        grant_id=uuid4(),
        client_id=APP,
        patient_id=PATIENT,
        scopes="patient/Patient.rs",
        redirect_uri="https://app.example/retour",
        challenge="",
        nonce="",
        started_at=harness.now,
        code_until=harness.now,
    )
    with harness.repositories() as repositories:
        repositories.put_grant(grant, token_hash(new_opaque()))
    return grant


def lasts(harness: IdentityHarness, grant: Grant) -> bool:
    with harness.repositories() as repositories:
        stored = repositories.grant(grant.grant_id)
    return stored is not None and stored.lasts(harness.now)


def test_a_revocation_that_arrives_late_leaves_what_was_granted_since(harness: IdentityHarness) -> None:
    before = grant_given(harness)
    harness.wait(60)
    revoked_at = harness.now
    harness.wait(timedelta(minutes=5).total_seconds())
    since = grant_given(harness)
    harness.receive(end_grants, AppRevoked(patient_id=PATIENT, app=APP), revoked_at)
    assert (lasts(harness, before), lasts(harness, since)) == (False, True)
