"""RPC methods of the consent service, and the roles that may call them."""

from contracts.api import Api, Method, always
from contracts.consent.apps import AboutApp, GrantApp, GrantedApps, ListApps
from contracts.consent.authorisations import (
    AboutProfessional,
    AboutTeam,
    Authorisation,
    AuthorisationStatusFound,
    DeclareAuthorisation,
    Done,
    EmergencyOpened,
    GetAuthorisationStatus,
    GiveAuthorisation,
    GiveTeamAuthorisation,
    ListAuthorisations,
    ListMyPatients,
    MyPatients,
    OpenEmergency,
    PatientDecisions,
    SetOpposition,
    SetUnmasking,
    TeamAuthorisation,
)
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
from contracts.consent.decisions import Decide, Decision
from contracts.consent.heirs import AboutHeir, HeirAccess, OpenToHeir, SetHeirOpposition
from contracts.consent.matrices import ListMatrices, LoadMatrix, Matrices, MatrixDiff, WithdrawMatrix
from contracts.consent.representations import (
    AboutRepresentationRequest,
    AboutRepresentative,
    NameRepresentative,
    Representation,
    RepresentationEnding,
)
from contracts.limits import FILE_LIMITS
from contracts.vocabulary import Role

_PATIENT = frozenset({Role.PATIENT})
_PROFESSIONAL = frozenset({Role.PROFESSIONAL})
_AGENT = frozenset({Role.AGENT})
_OPERATOR = frozenset({Role.OPERATOR})
_ASKERS = frozenset({Role.PATIENT, Role.PROFESSIONAL, Role.AGENT, Role.APP, Role.FEEDER})
_BLOCKERS = frozenset({Role.PATIENT, Role.PROFESSIONAL})


class Consent(Api, service="consent"):
    """RPC methods of the consent service, which decides access and keeps patients' authorisations."""

    decide = Method(Decide, Decision, roles=_ASKERS, seconds=2.0)
    declare_authorisation = Method(DeclareAuthorisation, Authorisation, roles=_PROFESSIONAL)
    give_authorisation = Method(GiveAuthorisation, Authorisation, roles=_PATIENT)
    end_authorisation = Method(AboutProfessional, Done, roles=_PATIENT)
    give_team_authorisation = Method(GiveTeamAuthorisation, TeamAuthorisation, roles=_PATIENT)
    end_team_authorisation = Method(AboutTeam, Done, roles=_PATIENT)
    list_authorisations = Method(ListAuthorisations, PatientDecisions, roles=_PATIENT)
    name_medecin_traitant = Method(AboutProfessional, Done, roles=_PATIENT)
    dismiss_medecin_traitant = Method(AboutProfessional, Done, roles=_PATIENT)
    block_professional = Method(AboutProfessional, Done, roles=_BLOCKERS)
    unblock_professional = Method(AboutProfessional, Done, roles=_PATIENT)
    set_opposition = Method(SetOpposition, Done, roles=_PATIENT)
    set_heir_opposition = Method(SetHeirOpposition, Done, roles=_PATIENT)
    open_to_heir = Method(OpenToHeir, HeirAccess, roles=_AGENT, countersigned=always)
    end_heir_access = Method(AboutHeir, Done, roles=_AGENT)
    set_unmasking = Method(SetUnmasking, Done, roles=_PATIENT)
    name_representative = Method(NameRepresentative, Representation, roles=_AGENT)
    end_representation = Method(AboutRepresentative, RepresentationEnding, roles=_AGENT | _PATIENT)
    confirm_representation = Method(AboutRepresentationRequest, Done, roles=_AGENT)
    withdraw_representation = Method(AboutRepresentationRequest, Done, roles=_AGENT)
    contest_representation = Method(AboutRepresentationRequest, Done, roles=_PATIENT)
    grant_app = Method(GrantApp, Done, roles=_PATIENT)
    revoke_app = Method(AboutApp, Done, roles=_PATIENT)
    list_apps = Method(ListApps, GrantedApps, roles=_PATIENT)
    invite_carer = Method(InviteCarer, Invitation, roles=_PATIENT)
    withdraw_invitation = Method(AboutInvitation, Done, roles=_PATIENT)
    answer_invitation = Method(AnswerInvitation, Profiles, roles=_PATIENT)
    keep_representative = Method(KeepRepresentative, Carers, roles=_PATIENT)
    list_carers = Method(ListCarers, Carers, roles=_PATIENT)
    end_carer = Method(AboutCarer, Done, roles=_PATIENT)
    list_profiles = Method(ListProfiles, Profiles, roles=_PATIENT)
    open_emergency = Method(OpenEmergency, EmergencyOpened, roles=_PROFESSIONAL)
    my_standing = Method(GetAuthorisationStatus, AuthorisationStatusFound, roles=_PROFESSIONAL)
    list_my_patients = Method(ListMyPatients, MyPatients, roles=_PROFESSIONAL)
    load_matrix = Method(
        LoadMatrix, MatrixDiff, roles=_OPERATOR, countersigned=lambda request: request.load, limits=FILE_LIMITS
    )
    withdraw_matrix = Method(
        WithdrawMatrix, MatrixDiff, roles=_OPERATOR, countersigned=lambda request: request.withdraw
    )
    list_matrices = Method(ListMatrices, Matrices, roles=_OPERATOR)
