"""Carers, invitations, profiles and apps."""

from contracts.consent.api import Consent
from contracts.consent.apps import AboutApp, GrantedApp, GrantedApps, ListApps
from contracts.consent.authorisations import Done
from contracts.consent.carers import (
    AboutCarer,
    AboutInvitation,
    AnswerInvitation,
    Carers,
    Invitation,
    InviteCarer,
    KeepRepresentative,
    ListCarers,
    ListProfiles,
    Profiles,
)
from contracts.vocabulary import Section
from tests.integration.gateway.builders import PATIENT, RECORD
from tests.integration.gateway.route_cases.case import RouteCase
from tests.integration.gateway.route_cases.values import CREATED_AT, LATER, OTHER_ID

INVITATION = Invitation(
    invitation_id=OTHER_ID, sections=(Section.ANALYSES,), carer_label="Paul", expires_at=LATER, code="abc"
)

CARERS_CASES = [
    RouteCase(
        "POST",
        f"{RECORD}/carers",
        {"sections": ["analyses"], "carer_label": "Paul", "holder_label": "Maman"},
        Consent.invite_carer,
        InviteCarer(patient_id=PATIENT, sections=(Section.ANALYSES,), carer_label="Paul", holder_label="Maman"),
        INVITATION,
        201,
    ),
    RouteCase(
        "POST",
        f"{RECORD}/representatives/{OTHER_ID}/keeping",
        {"sections": ["analyses"], "carer_label": "Papa", "holder_label": "Inès"},
        Consent.keep_representative,
        KeepRepresentative(
            patient_id=PATIENT,
            representative=OTHER_ID,
            sections=(Section.ANALYSES,),
            carer_label="Papa",
            holder_label="Inès",
        ),
        Carers(carers=(), invitations=()),
        200,
    ),
    RouteCase(
        "GET",
        f"{RECORD}/carers",
        None,
        Consent.list_carers,
        ListCarers(patient_id=PATIENT),
        Carers(carers=(), invitations=(INVITATION,)),
        200,
    ),
    RouteCase(
        "DELETE",
        f"{RECORD}/invitations/{OTHER_ID}",
        None,
        Consent.withdraw_invitation,
        AboutInvitation(patient_id=PATIENT, invitation_id=OTHER_ID),
        Done(),
        204,
    ),
    RouteCase(
        "DELETE",
        f"{RECORD}/carers/{OTHER_ID}",
        None,
        Consent.end_carer,
        AboutCarer(patient_id=PATIENT, carer=OTHER_ID),
        Done(),
        204,
    ),
    RouteCase(
        "POST",
        "/me/invitations",
        {"code": "abc", "accepted": True},
        Consent.answer_invitation,
        AnswerInvitation(code="abc", accepted=True),
        Profiles(profiles=()),
        200,
    ),
    RouteCase("GET", "/me/profiles", None, Consent.list_profiles, ListProfiles(), Profiles(profiles=()), 200),
    RouteCase(
        "GET",
        f"{RECORD}/apps",
        None,
        Consent.list_apps,
        ListApps(patient_id=PATIENT),
        GrantedApps(apps=(GrantedApp(app="app-1", since=CREATED_AT, sections=(Section.ANALYSES,)),)),
        200,
    ),
    RouteCase(
        "DELETE",
        f"{RECORD}/apps/app-1",
        None,
        Consent.revoke_app,
        AboutApp(patient_id=PATIENT, app="app-1"),
        Done(),
        204,
    ),
]
