"""Steps: carers are invited, representatives registered, and both end."""

from datetime import date
from typing import Any

from contracts.consent.api import Consent
from contracts.consent.carers import (
    AboutCarer,
    AboutInvitation,
    AnswerInvitation,
    InviteCarer,
    KeepRepresentative,
    ListCarers,
    ListProfiles,
)
from contracts.consent.representations import (
    AboutRepresentationRequest,
    AboutRepresentative,
    EvidenceKind,
    NameRepresentative,
    RepresentationKind,
)
from contracts.vocabulary import Act, Capacity, Section
from tests.journeys.entries.run import ScenarioRun
from tests.journeys.entries.steps import allowed, refused
from tests.support.clock import end_facts

_SHARED = (Section.SYNTHESE,)


def invites(run: ScenarioRun, *, sections: tuple[Section, ...] = _SHARED) -> InviteCarer:
    return InviteCarer(
        patient_id=run.id("holder"), sections=sections, carer_label="Mon frère", holder_label="Ma sœur"
    )


def answers(run: ScenarioRun, *, accepted: bool, invitation: str = "") -> AnswerInvitation:
    return AnswerInvitation(code=run.last(Consent.invite_carer, invitation).code, accepted=accepted)


def about_invitation(run: ScenarioRun) -> AboutInvitation:
    invitation = run.last(Consent.invite_carer)
    return AboutInvitation(patient_id=run.id("holder"), invitation_id=invitation.invitation_id)


def about_carer(run: ScenarioRun) -> AboutCarer:
    return AboutCarer(patient_id=run.id("holder"), carer=run.id("carer"))


def names(run: ScenarioRun, evidence: str) -> NameRepresentative:
    return NameRepresentative(
        patient_id=run.id("minor"),
        representative_proof=run.proof("parent"),
        kind=RepresentationKind.MINEUR,
        evidence=evidence,
        evidence_kind=EvidenceKind.LIVRET_DE_FAMILLE,
        evidence_on=date(2019, 5, 4),
    )


def keeps(run: ScenarioRun, representative: str) -> KeepRepresentative:
    return KeepRepresentative(
        patient_id=run.id("minor"),
        representative=run.id(representative),
        sections=_SHARED,
        carer_label="Mon père",
        holder_label="Ma fille",
    )


def about_parent(run: ScenarioRun) -> AboutRepresentative:
    return AboutRepresentative(patient_id=run.id("minor"), representative=run.id("parent"))


def ends_parent(run: ScenarioRun) -> AboutRepresentative:
    return AboutRepresentative(
        patient_id=run.id("minor"),
        representative=run.id("parent"),
        evidence_kind=EvidenceKind.JUGEMENT,
        evidence_on=date(2026, 2, 12),
        evidence="TJ Nantes, RG 26/00123",
    )


def about_naming(run: ScenarioRun) -> AboutRepresentationRequest:
    return AboutRepresentationRequest(patient_id=run.id("minor"), representative=run.id("parent"))


def about_ending(run: ScenarioRun) -> AboutRepresentationRequest:
    return AboutRepresentationRequest(patient_id=run.id("minor"), representative=run.id("parent"), ends=True)


NAMED: dict[str, Any] = {"acts": (Act.NOMMER_REPRESENTANT,)}
ENDED_BY: dict[str, Any] = {"acts": (Act.FIN_REPRESENTATION,)}
END_REQUESTED: dict[str, Any] = {"acts": (Act.DEMANDE_FIN_REPRESENTATION,)}


CARERS = (
    refused("request.invalid", Consent.invite_carer, "holder", lambda run: invites(run, sections=())),
    allowed(Consent.invite_carer, "holder", invites),
    refused("record.not_found", Consent.withdraw_invitation, "stranger", about_invitation),
    allowed(Consent.withdraw_invitation, "holder", about_invitation),
    # Whose invitation it was is not known any more: the caller's own journal.
    refused(
        "carer.invitation_gone",
        Consent.answer_invitation,
        "carer",
        lambda run: answers(run, accepted=True),
        acts=(Act.NOMMER_AIDANT,),
    ),
    allowed(Consent.invite_carer, "holder", invites, keep="declined"),
    allowed(
        Consent.answer_invitation,
        "carer",
        lambda run: answers(run, accepted=False, invitation="declined"),
        acts=(Act.REFUS_AIDANT,),
        journal_of=("holder",),
        capacity=Capacity.AIDANT,
    ),
    allowed(Consent.invite_carer, "holder", invites, keep="accepted"),
    allowed(
        Consent.answer_invitation,
        "carer",
        lambda run: answers(run, accepted=True, invitation="accepted"),
        acts=(Act.NOMMER_AIDANT,),
        journal_of=("holder",),
        capacity=Capacity.AIDANT,
    ),
    allowed(
        Consent.list_profiles,
        "carer",
        lambda _: ListProfiles(),
        journal_of=("holder",),
        capacity=Capacity.AIDANT,
    ),
    allowed(Consent.list_carers, "holder", lambda run: ListCarers(patient_id=run.id("holder"))),
    refused("access.not_shared", Consent.list_carers, "carer", lambda run: ListCarers(patient_id=run.id("holder"))),
)

REPRESENTATIVES = (
    refused("request.invalid", Consent.name_representative, "agent", lambda run: names(run, "")),
    allowed(
        Consent.name_representative,
        "agent",
        lambda run: names(run, "Livret de famille n° 1234"),
        then=lambda run, answer: run.know("parent", answer.representative),
    ),
    refused("representation.second_agent", Consent.confirm_representation, "agent", about_naming, **NAMED),
    refused("representation.request_gone", Consent.confirm_representation, "agent elsewhere", about_naming, **NAMED),
    refused("record.not_found", Consent.contest_representation, "parent", about_naming),
    allowed(Consent.contest_representation, "minor", about_naming),
    refused("representation.request_gone", Consent.withdraw_representation, "agent elsewhere", about_naming),
    allowed(Consent.confirm_representation, "colleague", about_naming, **NAMED),
)

ENDED = (
    refused("record.not_found", Consent.end_carer, "stranger", about_carer),
    allowed(Consent.end_carer, "carer", about_carer, capacity=Capacity.AIDANT),
    allowed(Consent.end_carer, "holder", about_carer),
    refused("record.not_found", Consent.end_representation, "stranger", about_parent, **ENDED_BY),
    refused("request.invalid", Consent.end_representation, "agent", about_parent, **END_REQUESTED),
    allowed(Consent.end_representation, "agent", ends_parent, **END_REQUESTED),
    allowed(Consent.withdraw_representation, "colleague", about_ending),
    allowed(
        Consent.keep_representative,
        "minor",
        lambda run: keeps(run, "parent"),
        before=lambda run: end_facts(run.platform, str(run.id("minor")), "representant_legal"),
    ),
    refused("consent.unknown", Consent.keep_representative, "minor", lambda run: keeps(run, "carer")),
    allowed(Consent.end_representation, "parent", about_parent, **ENDED_BY),
)
