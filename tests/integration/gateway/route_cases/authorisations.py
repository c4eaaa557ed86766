"""Authorisations, care teams, médecins traitants, blocks, representatives and emergencies."""

from datetime import date
from typing import Any

from contracts.consent.api import Consent
from contracts.consent.authorisations import (
    AboutProfessional,
    AboutTeam,
    Authorisation,
    DeclareAuthorisation,
    Done,
    EmergencyOpened,
    GiveAuthorisation,
    GiveTeamAuthorisation,
    ListAuthorisations,
    OpenEmergency,
    PatientDecisions,
    SetOpposition,
    SetUnmasking,
    TeamAuthorisation,
)
from contracts.consent.heirs import (
    AboutHeir,
    HeirAccess,
    HeirPurpose,
    HeirQuality,
    OpenToHeir,
    SetHeirOpposition,
)
from contracts.consent.representations import (
    AboutRepresentationRequest,
    AboutRepresentative,
    EvidenceKind,
    NameRepresentative,
    Representation,
    RepresentationEnding,
    RepresentationKind,
)
from contracts.identity.api import Identity
from contracts.identity.directory import (
    DirectoryNames,
    DirectoryProfessional,
    NameProfessionals,
    ProfessionalsFound,
    SearchProfessionals,
)
from contracts.identity.workplaces import Workplace
from contracts.vocabulary import AccessMode, Section
from tests.integration.gateway.builders import PATIENT, RECORD
from tests.integration.gateway.route_cases.case import RouteCase
from tests.integration.gateway.route_cases.values import CREATED_AT, FINESS, LATER, OTHER_ID, RPPS

AUTHORISATION = Authorisation(patient_id=PATIENT, rpps=RPPS, since=CREATED_AT, until=CREATED_AT)
TEAM_AUTHORISATION = TeamAuthorisation(patient_id=PATIENT, structure=FINESS, since=CREATED_AT, until=CREATED_AT)
LISTED = DirectoryProfessional(
    rpps=RPPS, name="Dr Malik SORGUE", profession="10", structures=(Workplace(finess=FINESS, name="Cabinet"),)
)
ABOUT_PROFESSIONAL = AboutProfessional(patient_id=PATIENT, rpps=RPPS)
EMERGENCY = EmergencyOpened(patient_id=PATIENT, mode=AccessMode.BRIS_DE_GLACE, until=CREATED_AT)
REPRESENTATION = Representation(patient_id=PATIENT, representative=OTHER_ID, since=CREATED_AT)
EVIDENCE = {"evidence_kind": "livret_de_famille", "evidence_on": "2019-05-04", "evidence": "livret 12"}
EVIDENCE_SENT: dict[str, Any] = {
    "evidence_kind": EvidenceKind.LIVRET_DE_FAMILLE,
    "evidence_on": date(2019, 5, 4),
    "evidence": "livret 12",
}
CIRCLE = PatientDecisions(
    authorisations=(AUTHORISATION,),
    medecins_traitants=(RPPS,),
    blocked=(),
    teams=(TEAM_AUTHORISATION,),
    representatives=(REPRESENTATION,),
)

AUTHORISATIONS_CASES = [
    RouteCase(
        "POST",
        f"{RECORD}/authorisations",
        {"vitale_proof": "p"},
        Consent.declare_authorisation,
        DeclareAuthorisation(patient_id=PATIENT, vitale_proof="p"),
        AUTHORISATION,
        201,
    ),
    RouteCase(
        "GET",
        f"{RECORD}/authorisations",
        None,
        Consent.list_authorisations,
        ListAuthorisations(patient_id=PATIENT),
        CIRCLE,
        200,
    ),
    RouteCase(
        "PUT",
        f"{RECORD}/authorisations/{RPPS}",
        {},
        Consent.give_authorisation,
        GiveAuthorisation(patient_id=PATIENT, rpps=RPPS),
        AUTHORISATION,
        200,
    ),
    RouteCase(
        "PUT",
        f"{RECORD}/authorisations/{RPPS}",
        {"until": "2027-06-30T00:00:00+02:00"},
        Consent.give_authorisation,
        GiveAuthorisation(patient_id=PATIENT, rpps=RPPS, until=LATER),
        AUTHORISATION,
        200,
    ),
    RouteCase(
        "DELETE", f"{RECORD}/authorisations/{RPPS}", None, Consent.end_authorisation, ABOUT_PROFESSIONAL, Done(), 204
    ),
    RouteCase(
        "PUT",
        f"{RECORD}/care-teams/{FINESS}",
        {"until": None},
        Consent.give_team_authorisation,
        GiveTeamAuthorisation(patient_id=PATIENT, structure=FINESS),
        TEAM_AUTHORISATION,
        200,
    ),
    RouteCase(
        "PUT",
        f"{RECORD}/care-teams/{FINESS}",
        {"until": "2027-06-29T22:00:00Z"},
        Consent.give_team_authorisation,
        GiveTeamAuthorisation(patient_id=PATIENT, structure=FINESS, until=LATER),
        TEAM_AUTHORISATION,
        200,
    ),
    RouteCase(
        "DELETE",
        f"{RECORD}/care-teams/{FINESS}",
        None,
        Consent.end_team_authorisation,
        AboutTeam(patient_id=PATIENT, structure=FINESS),
        Done(),
        204,
    ),
    RouteCase(
        "PUT",
        f"{RECORD}/medecins-traitants/{RPPS}",
        None,
        Consent.name_medecin_traitant,
        ABOUT_PROFESSIONAL,
        Done(),
        204,
    ),
    RouteCase(
        "DELETE",
        f"{RECORD}/medecins-traitants/{RPPS}",
        None,
        Consent.dismiss_medecin_traitant,
        ABOUT_PROFESSIONAL,
        Done(),
        204,
    ),
    RouteCase(
        "POST",
        "/dmp/professionals/search",
        {"name": "sorgue", "profession": "10", "structure": "halle"},
        Identity.search_professionals,
        SearchProfessionals(name="sorgue", profession="10", structure="halle"),
        ProfessionalsFound(professionals=(LISTED,), more=True),
        200,
    ),
    RouteCase(
        "POST",
        "/dmp/professionals/names",
        {"rpps": [RPPS], "structures": [FINESS]},
        Identity.name_professionals,
        NameProfessionals(rpps=(RPPS,), structures=(FINESS,)),
        DirectoryNames(professionals=(LISTED,), structures=LISTED.structures),
        200,
    ),
    RouteCase("PUT", f"{RECORD}/blocked/{RPPS}", None, Consent.block_professional, ABOUT_PROFESSIONAL, Done(), 204),
    RouteCase(
        "DELETE", f"{RECORD}/blocked/{RPPS}", None, Consent.unblock_professional, ABOUT_PROFESSIONAL, Done(), 204
    ),
    RouteCase(
        "POST",
        f"{RECORD}/representatives",
        {"representative_proof": "p", "kind": "mineur", **EVIDENCE},
        Consent.name_representative,
        NameRepresentative(
            patient_id=PATIENT, representative_proof="p", kind=RepresentationKind.MINEUR, **EVIDENCE_SENT
        ),
        REPRESENTATION,
        201,
    ),
    RouteCase(
        "DELETE",
        f"{RECORD}/representatives/{OTHER_ID}",
        None,
        Consent.end_representation,
        AboutRepresentative(patient_id=PATIENT, representative=OTHER_ID),
        RepresentationEnding(),
        204,
    ),
    RouteCase(
        "POST",
        f"{RECORD}/representatives/{OTHER_ID}/ending",
        EVIDENCE,
        Consent.end_representation,
        AboutRepresentative(patient_id=PATIENT, representative=OTHER_ID, **EVIDENCE_SENT),
        RepresentationEnding(waiting=True, takes_effect_at=LATER),
        202,
    ),
    *(
        RouteCase(
            "POST",
            f"{RECORD}/representatives/{OTHER_ID}/{path}",
            {"ends": True},
            method,
            AboutRepresentationRequest(patient_id=PATIENT, representative=OTHER_ID, ends=True),
            Done(),
            204,
        )
        for path, method in (
            ("confirmation", Consent.confirm_representation),
            ("withdrawal", Consent.withdraw_representation),
            ("contestation", Consent.contest_representation),
        )
    ),
    RouteCase(
        "POST",
        f"{RECORD}/emergencies",
        {"mode": "bris_de_glace", "reason": "inconscient"},
        Consent.open_emergency,
        OpenEmergency(patient_id=PATIENT, mode=AccessMode.BRIS_DE_GLACE, reason="inconscient"),
        EMERGENCY,
        201,
    ),
    RouteCase(
        "PUT",
        f"{RECORD}/oppositions/centre_15",
        None,
        Consent.set_opposition,
        SetOpposition(patient_id=PATIENT, mode=AccessMode.CENTRE_15, opposed=True),
        Done(),
        204,
    ),
    RouteCase(
        "DELETE",
        f"{RECORD}/oppositions/centre_15",
        None,
        Consent.set_opposition,
        SetOpposition(patient_id=PATIENT, mode=AccessMode.CENTRE_15, opposed=False),
        Done(),
        204,
    ),
    RouteCase(
        "PUT",
        f"{RECORD}/heirs-opposition",
        None,
        Consent.set_heir_opposition,
        SetHeirOpposition(patient_id=PATIENT, opposed=True),
        Done(),
        204,
    ),
    RouteCase(
        "DELETE",
        f"{RECORD}/heirs-opposition",
        None,
        Consent.set_heir_opposition,
        SetHeirOpposition(patient_id=PATIENT, opposed=False),
        Done(),
        204,
    ),
    RouteCase(
        "PUT",
        f"{RECORD}/heirs/{OTHER_ID}",
        {"quality": "concubin", "purpose": "memoire", "sections": ["synthese"], "evidence": "Acte 1234"},
        Consent.open_to_heir,
        OpenToHeir(
            patient_id=PATIENT,
            heir=OTHER_ID,
            quality=HeirQuality.CONCUBIN,
            purpose=HeirPurpose.MEMOIRE,
            sections=(Section.SYNTHESE,),
            evidence="Acte 1234",
        ),
        HeirAccess(patient_id=PATIENT, heir=OTHER_ID, sections=(Section.SYNTHESE,), until=LATER),
        200,
    ),
    RouteCase(
        "DELETE",
        f"{RECORD}/heirs/{OTHER_ID}",
        None,
        Consent.end_heir_access,
        AboutHeir(patient_id=PATIENT, heir=OTHER_ID),
        Done(),
        204,
    ),
    RouteCase(
        "PUT",
        f"{RECORD}/unmasking",
        {"unmasks": False},
        Consent.set_unmasking,
        SetUnmasking(patient_id=PATIENT, unmasks=False),
        Done(),
        204,
    ),
]
