"""RPC methods of the identity service, and the roles that may call them."""

from contracts.api import Api, Method, always
from contracts.identity.apps import (
    Client,
    Clients,
    ListClients,
    ListSoftware,
    NameApps,
    NamedApps,
    RegisterClient,
    SetQuota,
    Software,
    SoftwareList,
    SuspendClient,
    SuspendSoftware,
)
from contracts.identity.browser_links import (
    BrowserLink,
    CreateLoginLink,
    CreateRecordLink,
    FollowLoginLink,
    FollowRecordLink,
    LinkedRecord,
    OpenRecordLink,
    RecordLinkFollowed,
)
from contracts.identity.browser_sessions import (
    BrowserAccess,
    BrowserSessionOpened,
    OpenBrowserSession,
    RenewBrowserSession,
)
from contracts.identity.deaths import Death, DeathStatus, DeathUndone, GetDeath, ReportDeath, UndoDeath
from contracts.identity.directory import (
    DirectoryNames,
    NameProfessionals,
    ProfessionalsFound,
    SearchProfessionals,
)
from contracts.identity.joins import (
    GetJoin,
    IdentitiesSeparated,
    Join,
    JoinIdentities,
    JoinStatus,
    SeparateIdentities,
)
from contracts.identity.logins import (
    AccountConfirmed,
    AccountLock,
    ActivateAccount,
    AuthenticatorSecret,
    AuthenticatorStatus,
    BeginAuthenticator,
    ChangeContact,
    ChangePassword,
    CodeSent,
    ConfirmAuthenticator,
    ConfirmInPerson,
    EndedSessions,
    EndSessions,
    EndUserSessions,
    ListEndedSessions,
    ListSessions,
    LockAccount,
    PasswordChanged,
    PresentCode,
    RemoveAuthenticator,
    Sessions,
    SessionsEnded,
    ShowAuthenticator,
    ShowContact,
    StartLogin,
)
from contracts.identity.numbers import ChangeIns, GetIns, InsNumbers
from contracts.identity.oauth import (
    AboutToken,
    AuthorizationBegun,
    AuthorizationPushed,
    AuthorizationResponse,
    BeginAuthorization,
    ConsentRequest,
    DecideAuthorization,
    GetPublicKeys,
    GrantToken,
    Introspection,
    ProofSpent,
    PublicKeys,
    PushAuthorization,
    ReadPerson,
    ShowAuthorization,
    SpendProof,
    TokenIssued,
    TokenRevoked,
)
from contracts.identity.passkeys import (
    BeginPasskey,
    BeginPasskeyLogin,
    ConfirmPasskey,
    FinishPasskeyLogin,
    ListPasskeys,
    PasskeyList,
    PasskeyOptions,
    RemovePasskey,
)
from contracts.identity.people import (
    AdmittedPatient,
    AgentAssertion,
    BirthDate,
    Contact,
    FindByTraits,
    FindPatient,
    GetBirthDate,
    GetContact,
    GetOrganisationStatus,
    GetTraits,
    GetTraitsOfSeveral,
    OrganisationStatus,
    PatientFound,
    Person,
    PersonsFound,
    ProfessionalAssertion,
    Token,
    TraitsFound,
    TraitsOfSeveral,
    VitaleProof,
)
from contracts.identity.recovery import FinishRecovery, MeansOfAccess, RecoverAccount, ReviewRecovery
from contracts.identity.suspensions import ProfessionalAccess, SuspendProfessional
from contracts.identity.workplaces import (
    ChooseStructure,
    LogOutProfessional,
    ProfessionalSignedIn,
    SignInProfessional,
)
from contracts.vocabulary import Role

_SIGNED_IN = frozenset({Role.PATIENT, Role.PROFESSIONAL, Role.AGENT})
_HOLDER = frozenset({Role.PATIENT})
_READERS_OF_IDENTITY = frozenset({Role.PATIENT, Role.APP})
_OPERATOR = frozenset({Role.OPERATOR})
_AGENT = frozenset({Role.AGENT})
_PEOPLE = frozenset({Role.PATIENT, Role.PROFESSIONAL, Role.AGENT})


class Identity(Api, service="identity"):
    """RPC methods of the identity service, which authenticates people, software and apps."""

    login_professional = Method(ProfessionalAssertion, Token, anonymous=True)
    login_agent = Method(AgentAssertion, Token, anonymous=True)
    admit_patient = Method(VitaleProof, AdmittedPatient, roles=_PEOPLE)
    find_patient = Method(FindPatient, PatientFound, roles=frozenset({Role.PROFESSIONAL, Role.AGENT}))
    find_by_traits = Method(FindByTraits, PersonsFound, roles=frozenset({Role.PROFESSIONAL, Role.AGENT}))
    search_professionals = Method(SearchProfessionals, ProfessionalsFound, roles=_HOLDER)
    name_professionals = Method(NameProfessionals, DirectoryNames, roles=_HOLDER)
    activate_account = Method(ActivateAccount, CodeSent, anonymous=True, seconds=8.0)
    confirm_account = Method(PresentCode, Token, anonymous=True)
    confirm_in_person = Method(ConfirmInPerson, AccountConfirmed, roles=frozenset({Role.AGENT}))
    start_login = Method(StartLogin, CodeSent, anonymous=True, seconds=8.0)
    finish_login = Method(PresentCode, Token, anonymous=True)
    begin_authenticator = Method(BeginAuthenticator, AuthenticatorSecret, roles=_HOLDER)
    confirm_authenticator = Method(ConfirmAuthenticator, AuthenticatorStatus, roles=_HOLDER)
    show_authenticator = Method(ShowAuthenticator, AuthenticatorStatus, roles=_HOLDER)
    remove_authenticator = Method(RemoveAuthenticator, AuthenticatorStatus, roles=_HOLDER)
    begin_passkey = Method(BeginPasskey, PasskeyOptions, roles=_HOLDER)
    confirm_passkey = Method(ConfirmPasskey, PasskeyList, roles=_HOLDER)
    list_passkeys = Method(ListPasskeys, PasskeyList, roles=_HOLDER)
    remove_passkey = Method(RemovePasskey, PasskeyList, roles=_HOLDER)
    begin_passkey_login = Method(BeginPasskeyLogin, PasskeyOptions, anonymous=True)
    finish_passkey_login = Method(FinishPasskeyLogin, Token, anonymous=True)
    change_password = Method(ChangePassword, PasswordChanged, roles=_HOLDER)
    show_contact = Method(ShowContact, Contact, roles=_HOLDER)
    change_contact = Method(ChangeContact, CodeSent, roles=_HOLDER, seconds=8.0)
    confirm_contact = Method(PresentCode, Contact, roles=_HOLDER, seconds=8.0)
    recover_account = Method(RecoverAccount, CodeSent, anonymous=True, seconds=8.0)
    review_recovery = Method(ReviewRecovery, MeansOfAccess, anonymous=True)
    finish_recovery = Method(FinishRecovery, Token, anonymous=True)
    list_sessions = Method(ListSessions, Sessions, roles=_SIGNED_IN)
    end_sessions = Method(EndSessions, SessionsEnded, roles=_SIGNED_IN)
    end_sessions_of = Method(EndUserSessions, SessionsEnded, roles=_OPERATOR)
    lock_account = Method(LockAccount, AccountLock, roles=_OPERATOR, countersigned=always)
    ended_sessions = Method(ListEndedSessions, EndedSessions, anonymous=True)
    open_browser_session = Method(
        OpenBrowserSession, BrowserSessionOpened, roles=frozenset({Role.PATIENT, Role.PROFESSIONAL})
    )
    renew_browser_session = Method(RenewBrowserSession, BrowserAccess, anonymous=True)
    create_record_link = Method(CreateRecordLink, BrowserLink, roles=frozenset({Role.PROFESSIONAL}))
    follow_record_link = Method(FollowRecordLink, RecordLinkFollowed, anonymous=True)
    open_record_link = Method(OpenRecordLink, LinkedRecord, roles=frozenset({Role.PROFESSIONAL}))
    create_login_link = Method(CreateLoginLink, BrowserLink, roles=_AGENT)
    follow_login_link = Method(FollowLoginLink, BrowserSessionOpened, anonymous=True)
    read_person = Method(ReadPerson, Person, roles=_READERS_OF_IDENTITY)
    push_authorization = Method(PushAuthorization, AuthorizationPushed, anonymous=True)
    begin_authorization = Method(BeginAuthorization, AuthorizationBegun, anonymous=True, seconds=8.0)
    show_authorization = Method(ShowAuthorization, ConsentRequest, anonymous=True)
    decide_authorization = Method(DecideAuthorization, AuthorizationResponse, roles=_HOLDER)
    sign_in_professional = Method(SignInProfessional, ProfessionalSignedIn, anonymous=True, seconds=12.0)
    choose_structure = Method(ChooseStructure, ProfessionalSignedIn, anonymous=True)
    log_out_professional = Method(LogOutProfessional, SessionsEnded, anonymous=True, seconds=8.0)
    grant_token = Method(GrantToken, TokenIssued, anonymous=True)
    end_token = Method(AboutToken, TokenRevoked, anonymous=True)
    introspect_token = Method(AboutToken, Introspection, anonymous=True)
    spend_proof = Method(SpendProof, ProofSpent, roles=frozenset({Role.APP}), seconds=2.0)
    public_keys = Method(GetPublicKeys, PublicKeys, anonymous=True)
    register_client = Method(RegisterClient, Client, roles=_OPERATOR, countersigned=always)
    suspend_client = Method(SuspendClient, Client, roles=_OPERATOR, countersigned=always)
    list_clients = Method(ListClients, Clients, roles=_OPERATOR)
    name_apps = Method(NameApps, NamedApps, roles=_HOLDER)
    list_software = Method(ListSoftware, SoftwareList, roles=_OPERATOR)
    suspend_software = Method(SuspendSoftware, Software, roles=_OPERATOR, countersigned=always)
    change_ins = Method(ChangeIns, InsNumbers, roles=_AGENT, countersigned=always)
    ins_of = Method(GetIns, InsNumbers, roles=frozenset({Role.SERVICE}))
    report_death = Method(ReportDeath, Death, roles=_AGENT, countersigned=always)
    death_of = Method(GetDeath, DeathStatus, roles=frozenset({Role.SERVICE}))
    undo_death = Method(UndoDeath, DeathUndone, roles=_AGENT, countersigned=always)
    join_identities = Method(JoinIdentities, Join, roles=_AGENT, countersigned=always)
    join_of = Method(GetJoin, JoinStatus, roles=frozenset({Role.SERVICE}))
    separate_identities = Method(SeparateIdentities, IdentitiesSeparated, roles=_AGENT, countersigned=always)
    suspend_professional = Method(
        SuspendProfessional, ProfessionalAccess, roles=_OPERATOR, countersigned=lambda request: not request.suspended
    )
    set_quota = Method(SetQuota, Software, roles=_OPERATOR)
    birth_date_of = Method(GetBirthDate, BirthDate, roles=frozenset({Role.SERVICE}))
    traits_of = Method(GetTraits, TraitsFound, roles=frozenset({Role.SERVICE}))
    traits_of_several = Method(GetTraitsOfSeveral, TraitsOfSeveral, roles=frozenset({Role.SERVICE}))
    contact_of = Method(GetContact, Contact, roles=frozenset({Role.SERVICE}))
    organisation_status_of = Method(GetOrganisationStatus, OrganisationStatus, roles=frozenset({Role.SERVICE}))
