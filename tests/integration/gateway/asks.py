"""Every request with an answer in JSON: what is sent, what the house is asked, what comes back."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec

from contracts.api import Method
from contracts.audit import (
    Audit,
    Consistency,
    EraseIdentity,
    Found,
    Heads,
    IdentityErased,
    Journal,
    ListHeads,
    Proofs,
    ProveConsistency,
    ReadJournal,
    ReadProofs,
    SearchJournal,
)
from contracts.consent import (
    AboutApp,
    AboutCarer,
    AboutInvitation,
    AboutProfessional,
    AboutRepresentative,
    AboutTeam,
    AnswerInvitation,
    Authorisation,
    AuthorisationStatus,
    Carers,
    Circle,
    Consent,
    DeclareAuthorisation,
    Done,
    EmergencyOpened,
    GiveAuthorisation,
    GiveTeamAuthorisation,
    GrantedApp,
    GrantedApps,
    Invitation,
    InviteCarer,
    ListApps,
    ListAuthorisations,
    ListCarers,
    ListMatrices,
    ListProfiles,
    LoadMatrix,
    Matrices,
    MatrixDiff,
    NameRepresentative,
    OpenEmergency,
    Profiles,
    Representation,
    RepresentationKind,
    SetOpposition,
    SetUnmasking,
    TeamAuthorisation,
)
from contracts.envelope import Actor
from contracts.identity import (
    ActivateAccount,
    AuthenticatorOffered,
    AuthenticatorStanding,
    BeginAuthenticator,
    BeginPasskey,
    BeginPasskeyLogin,
    ChangeContact,
    ChangePassword,
    Client,
    Clients,
    CodeSent,
    ConfirmAuthenticator,
    ConfirmPasskey,
    Contact,
    EndSessions,
    EndSessionsOf,
    FindByTraits,
    FinishPasskeyLogin,
    FinishRecovery,
    Identity,
    ListClients,
    ListPasskeys,
    ListSessions,
    PasskeyOffered,
    PasskeysShown,
    PasswordChanged,
    PersonsFound,
    PresentCode,
    RecoverAccount,
    RegisterClient,
    RemoveAuthenticator,
    RemovePasskey,
    Sessions,
    SessionsEnded,
    ShowAuthenticator,
    ShowContact,
    StartLogin,
    SuspendClient,
    Token,
)
from contracts.notify import ListNotices, Notices, Notify
from contracts.records import (
    AboutDocument,
    AboutFolder,
    ArchiveDocument,
    ArrangeDocument,
    Arrangement,
    CloseReason,
    CloseRecord,
    Deleted,
    DocumentList,
    FilingDiff,
    FilingShown,
    FindRecord,
    Folder,
    FolderGone,
    Folders,
    ListDocuments,
    ListFolders,
    ListMyRecords,
    LoadFiling,
    MyRecord,
    MyRecords,
    OpenRecord,
    ReadDocument,
    Record,
    RecordFile,
    RecordFound,
    Records,
    SaveFolder,
    SetDefaultVisibility,
    SetVisibility,
    ShowFiling,
    StatusOf,
)
from contracts.vocabulary import (
    AccessMode,
    Act,
    Channel,
    Finess,
    Ins,
    Outcome,
    PatientId,
    RecordStatus,
    Role,
    Rpps,
    Section,
)
from tests.integration.gateway.builders import DOCUMENT, DOCUMENTS, PATIENT, RECORD, a_document

RPPS = Rpps("10100000001")
FINESS = Finess("2A0000014")
PARENT = PatientId(UUID("018f9c5e-be55-7a7c-8e98-7ddd8b5a6f7e"))
ONE = f"{DOCUMENTS}/{DOCUMENT}"
NOW = a_document().created_at
LATER = datetime(2027, 6, 29, 22, tzinfo=UTC)
SENT = CodeSent(attempt="at.te-mpt_1", expires_in=300)
TOKEN = Token(access_token="a.b.c", expires_in=600, actor=Actor(role=Role.PATIENT, subject=str(PATIENT)))
ACCOUNT = ActivateAccount(
    proof="p", identifier="camille", password="w", email="c@example.org", mobile="+33612345678", channel=Channel.SMS
)
A_RECORD = Record(patient_id=PATIENT, status=RecordStatus.ACTIVE, opened_at=NOW)
FILE = RecordFile(patient_id=PATIENT, status=RecordStatus.ACTIVE, opened_at=NOW)
CLOSED = RecordFile(
    patient_id=PATIENT, status=RecordStatus.CLOSED, opened_at=NOW, closed_at=NOW, purge_on=date(2036, 3, 2)
)
FOUND = RecordFound(record=A_RECORD, authorisation=AuthorisationStatus.NONE, medecin_traitant=False)
ALLOWED = Authorisation(patient_id=PATIENT, rpps=RPPS, since=NOW, until=NOW)
TEAM = TeamAuthorisation(patient_id=PATIENT, structure=FINESS, since=NOW, until=NOW)
ABOUT = AboutProfessional(patient_id=PATIENT, rpps=RPPS)
OPENED = EmergencyOpened(patient_id=PATIENT, mode=AccessMode.BRIS_DE_GLACE, until=NOW)
ACTS_FOR = Representation(patient_id=PATIENT, representative=PARENT, since=NOW)
CIRCLE = Circle(
    authorisations=(ALLOWED,), medecins_traitants=(RPPS,), blocked=(), teams=(TEAM,), representatives=(ACTS_FOR,)
)
FOLDER = Folder(folder_id=PARENT, name="Dos", documents=2)
MINE = MyRecord(patient_id=PATIENT, ins=Ins("1" * 15, "1.2"), since=NOW, medecin_traitant=True)
DIFF = MatrixDiff(
    version="v2", effective=date(2027, 1, 15), against="v1", professions_added=(), professions_removed=(), cells=(),
    unconfirmed=0, loaded=False,
)  # fmt: skip


TERMS = {"client_id": "app-1", "name": "App", "publisher": "P", "purpose": "Q", "kind": "public"}
INVITED = Invitation(
    invitation_id=PARENT, sections=(Section.ANALYSES,), carer_label="Paul", expires_at=LATER, code="abc"
)
CLIENT = msgspec.convert(TERMS, Client)


@dataclass(frozen=True)
class Ask:
    """One request: `body` is sent as JSON unless None, `question` is what `method` is then asked."""

    verb: str
    path: str
    body: Any
    method: Method[Any, Any]
    question: msgspec.Struct
    answer: msgspec.Struct
    status: int

    def __str__(self) -> str:
        return f"{self.verb} {self.path}"


ASKS = [
    Ask(
        "POST", "/accounts",
        {"proof": "p", "identifier": "camille", "password": "w", "email": "c@example.org", "mobile": "+33612345678",
         "channel": "sms"},
        Identity.activate_account, ACCOUNT, SENT, 202,
    ),
    Ask("POST", "/accounts/at.te-mpt_1/code", {"code": "123456"}, Identity.confirm_account,
        PresentCode(attempt="at.te-mpt_1", code="123456"), TOKEN, 201),
    Ask("POST", "/sessions", {"identifier": "c", "password": "w", "channel": "email"}, Identity.start_login,
        StartLogin(identifier="c", password="w", channel=Channel.EMAIL, origin="127.0.0.1"), SENT, 202),
    Ask("POST", "/sessions/abc/code", {"code": "1"}, Identity.finish_login,
        PresentCode(attempt="abc", code="1", origin="127.0.0.1"), TOKEN, 200),

    Ask("POST", "/dmp/records", {"vitale_proof": "p", "consent_collected": True}, Records.open_record,
        OpenRecord(vitale_proof="p", consent_collected=True), A_RECORD, 201),
    Ask("POST", "/dmp/records/search", {"ins": {"matricule": "1", "oid": "2"}}, Records.find_record,
        FindRecord(ins=Ins(matricule="1", oid="2")), FOUND, 200),
    Ask("GET", RECORD, None, Records.get_record, StatusOf(patient_id=PATIENT), CLOSED, 200),
    Ask("POST", f"{RECORD}/closing", {"reason": "deces"}, Records.close_record,
        CloseRecord(patient_id=PATIENT, reason=CloseReason.DECES), CLOSED, 200),
    Ask("POST", f"{RECORD}/closing", {}, Records.close_record, CloseRecord(patient_id=PATIENT), CLOSED, 200),
    Ask("POST", f"{RECORD}/reopening", None, Records.reopen_record, StatusOf(patient_id=PATIENT), FILE, 200),
    Ask("POST", f"{RECORD}/destruction", None, Records.request_destruction, StatusOf(patient_id=PATIENT),
        CLOSED, 202),
    Ask("PUT", f"{RECORD}/default-visibility", {"masque_ps": True}, Records.set_default_visibility,
        SetDefaultVisibility(patient_id=PATIENT, masque_ps=True), FILE, 200),
    Ask("PUT", f"/operator/records/{PATIENT}/suspension", None, Records.suspend_record, StatusOf(patient_id=PATIENT),
        FILE, 200),
    Ask("DELETE", f"/operator/records/{PATIENT}/suspension", None, Records.resume_record,
        StatusOf(patient_id=PATIENT), FILE, 200),

    Ask("GET", DOCUMENTS, None, Records.list_documents, ListDocuments(patient_id=PATIENT),
        DocumentList(documents=(a_document(),)), 200),
    Ask("GET", f"{DOCUMENTS}?section=analyses&count=3&cursor=abc_-.=&mode=bris_de_glace", None,
        Records.list_documents,
        ListDocuments(patient_id=PATIENT, mode=AccessMode.BRIS_DE_GLACE, section=Section.ANALYSES, count=3,
                      cursor="abc_-.="),
        DocumentList(documents=(), next="xyz", emergency=True), 200),
    Ask("GET", f"{DOCUMENTS}?superseded=true&archived=1&secret=true", None, Records.list_documents,
        ListDocuments(patient_id=PATIENT, superseded=True, archived=True, secret=True), DocumentList(documents=()),
        200),
    Ask("GET", f"{DOCUMENTS}?superseded=false&archived=0", None, Records.list_documents,
        ListDocuments(patient_id=PATIENT), DocumentList(documents=()), 200),
    Ask("GET", ONE, None, Records.get_document, ReadDocument(patient_id=PATIENT, document_id=DOCUMENT), a_document(),
        200),
    Ask("GET", f"{ONE}?secret=true&mode=centre_15", None, Records.get_document,
        ReadDocument(patient_id=PATIENT, document_id=DOCUMENT, mode=AccessMode.CENTRE_15, secret=True), a_document(),
        200),
    Ask("PATCH", ONE, {"masque_ps": True}, Records.set_visibility,
        SetVisibility(patient_id=PATIENT, document_id=DOCUMENT, masque_ps=True), a_document(), 200),
    Ask("DELETE", ONE, None, Records.delete_document, AboutDocument(patient_id=PATIENT, document_id=DOCUMENT),
        Deleted(), 204),
    Ask("PUT", f"{ONE}/archive", None, Records.archive_document,
        ArchiveDocument(patient_id=PATIENT, document_id=DOCUMENT, archived=True), a_document(), 200),
    Ask("DELETE", f"{ONE}/archive", None, Records.archive_document,
        ArchiveDocument(patient_id=PATIENT, document_id=DOCUMENT, archived=False), a_document(), 200),
    Ask("POST", f"{ONE}/announcement", None, Records.show_to_patient,
        AboutDocument(patient_id=PATIENT, document_id=DOCUMENT), a_document(), 200),

    Ask("POST", f"{RECORD}/authorisations", {"vitale_proof": "p"}, Consent.declare_authorisation,
        DeclareAuthorisation(patient_id=PATIENT, vitale_proof="p"), ALLOWED, 201),
    Ask("GET", f"{RECORD}/authorisations", None, Consent.list_authorisations, ListAuthorisations(patient_id=PATIENT),
        CIRCLE, 200),
    Ask("PUT", f"{RECORD}/authorisations/{RPPS}", {}, Consent.give_authorisation,
        GiveAuthorisation(patient_id=PATIENT, rpps=RPPS), ALLOWED, 200),
    Ask("PUT", f"{RECORD}/authorisations/{RPPS}", {"until": "2027-06-30T00:00:00+02:00"}, Consent.give_authorisation,
        GiveAuthorisation(patient_id=PATIENT, rpps=RPPS, until=LATER), ALLOWED, 200),
    Ask("DELETE", f"{RECORD}/authorisations/{RPPS}", None, Consent.end_authorisation, ABOUT, Done(), 204),
    Ask("PUT", f"{RECORD}/care-teams/{FINESS}", {"until": None}, Consent.give_team_authorisation,
        GiveTeamAuthorisation(patient_id=PATIENT, structure=FINESS), TEAM, 200),
    Ask("PUT", f"{RECORD}/care-teams/{FINESS}", {"until": "2027-06-29T22:00:00Z"}, Consent.give_team_authorisation,
        GiveTeamAuthorisation(patient_id=PATIENT, structure=FINESS, until=LATER), TEAM, 200),
    Ask("DELETE", f"{RECORD}/care-teams/{FINESS}", None, Consent.end_team_authorisation,
        AboutTeam(patient_id=PATIENT, structure=FINESS), Done(), 204),
    Ask("PUT", f"{RECORD}/medecins-traitants/{RPPS}", None, Consent.name_medecin_traitant, ABOUT, Done(), 204),
    Ask("DELETE", f"{RECORD}/medecins-traitants/{RPPS}", None, Consent.dismiss_medecin_traitant, ABOUT, Done(), 204),
    Ask("PUT", f"{RECORD}/blocked/{RPPS}", None, Consent.block_professional, ABOUT, Done(), 204),
    Ask("DELETE", f"{RECORD}/blocked/{RPPS}", None, Consent.unblock_professional, ABOUT, Done(), 204),
    Ask("POST", f"{RECORD}/representatives", {"representative_proof": "p", "kind": "mineur", "evidence": "livret 12"},
        Consent.name_representative,
        NameRepresentative(patient_id=PATIENT, representative_proof="p", kind=RepresentationKind.MINEUR,
                           evidence="livret 12"),
        ACTS_FOR, 201),
    Ask("DELETE", f"{RECORD}/representatives/{PARENT}", None, Consent.end_representation,
        AboutRepresentative(patient_id=PATIENT, representative=PARENT), Done(), 204),
    Ask("POST", f"{RECORD}/emergencies", {"mode": "bris_de_glace", "reason": "inconscient"}, Consent.open_emergency,
        OpenEmergency(patient_id=PATIENT, mode=AccessMode.BRIS_DE_GLACE, reason="inconscient"), OPENED, 201),
    Ask("PUT", f"{RECORD}/oppositions/centre_15", None, Consent.set_opposition,
        SetOpposition(patient_id=PATIENT, mode=AccessMode.CENTRE_15, opposed=True), Done(), 204),
    Ask("DELETE", f"{RECORD}/oppositions/centre_15", None, Consent.set_opposition,
        SetOpposition(patient_id=PATIENT, mode=AccessMode.CENTRE_15, opposed=False), Done(), 204),
    Ask("PUT", f"{RECORD}/unmasking", {"unmasks": False}, Consent.set_unmasking,
        SetUnmasking(patient_id=PATIENT, unmasks=False), Done(), 204),

    Ask("GET", f"{RECORD}/notices?count=5&before=n1", None, Notify.list_notices,
        ListNotices(patient_id=PATIENT, count=5, before="n1"), Notices(notices=()), 200),
    Ask("GET", f"{RECORD}/journal?count=5&before=12", None, Audit.read_journal,
        ReadJournal(patient_id=PATIENT, count=5, before=12), Journal(lines=()), 200),
    Ask("GET", f"{RECORD}/journal?act=blocage&act=deblocage&outcome=refused&mode=centre_15&document_id={DOCUMENT}"
        "&since=2026-03-02T10:30:00%2B01:00&until=2027-06-29T22:00:00Z", None, Audit.read_journal,
        ReadJournal(patient_id=PATIENT, acts=(Act.BLOCAGE, Act.DEBLOCAGE), outcome=Outcome.REFUSED,
                    mode=AccessMode.CENTRE_15, document_id=DOCUMENT, since=NOW, until=LATER),
        Journal(lines=()), 200),
    Ask("GET", f"{RECORD}/journal/proofs?count=5&before=12", None, Audit.read_proofs,
        ReadProofs(patient_id=PATIENT, count=5, before=12), Proofs(head="a note", lines=()), 200),
    Ask("GET", "/journal/heads?count=5&before=12", None, Audit.list_heads, ListHeads(count=5, before=12),
        Heads(heads=()), 200),
    Ask("GET", "/journal/consistency?first=3&second=7", None, Audit.prove_consistency,
        ProveConsistency(first=3, second=7), Consistency(first=3, second=7, hashes=("aGFzaA==",)), 200),
    Ask("POST", "/operator/journal/search", {"actor": RPPS, "since": "2027-06-29T22:00:00Z"}, Audit.search_journal,
        SearchJournal(actor=RPPS, since=LATER), Found(lines=()), 200),
    Ask("POST", "/operator/journal/erasures", {"patient_id": str(PATIENT)}, Audit.erase_identity,
        EraseIdentity(patient_id=PATIENT), IdentityErased(strands=2), 200),
    Ask("GET", "/operator/matrices", None, Consent.list_matrices, ListMatrices(), Matrices(versions=()), 200),
    Ask("POST", "/operator/matrices", {"text": "{}"}, Consent.load_matrix, LoadMatrix(text="{}"), DIFF, 200),
    Ask("GET", "/dmp/records?count=5&cursor=abc", None, Records.list_my_records,
        ListMyRecords(count=5, cursor="abc"),
        MyRecords(records=(MINE,)), 200),
    Ask("POST", "/dmp/patients/search", {"family_name": "MARTIN", "birth_date": "1985-07-14"},
        Identity.find_by_traits, FindByTraits(family_name="MARTIN", birth_date=date(1985, 7, 14)),
        PersonsFound(persons=()), 200),
    Ask("GET", f"{RECORD}/folders", None, Records.list_folders, ListFolders(patient_id=PATIENT),
        Folders(folders=(FOLDER,), pinned=(DOCUMENT,)), 200),
    Ask("PUT", f"{RECORD}/folders/{PARENT}", {"name": "Dos"}, Records.save_folder,
        SaveFolder(patient_id=PATIENT, folder_id=PARENT, name="Dos"), FOLDER, 200),
    Ask("DELETE", f"{RECORD}/folders/{PARENT}", None, Records.delete_folder,
        AboutFolder(patient_id=PATIENT, folder_id=PARENT), FolderGone(), 204),
    Ask("PUT", f"{DOCUMENTS}/{DOCUMENT}/place", {"folders": [str(PARENT)], "pinned": True}, Records.arrange_document,
        ArrangeDocument(patient_id=PATIENT, document_id=DOCUMENT, folders=(PARENT,), pinned=True),
        Arrangement(document_id=DOCUMENT, folders=(PARENT,), pinned=True), 200),
    Ask("GET", "/me/sessions", None, Identity.list_sessions, ListSessions(), Sessions(sessions=(), current=""), 200),
    Ask("DELETE", f"/me/sessions/{PARENT}", None, Identity.end_sessions, EndSessions(session_id=PARENT),
        SessionsEnded(count=1), 204),
    Ask("DELETE", "/me/sessions", None, Identity.end_sessions, EndSessions(), SessionsEnded(count=2), 200),
    Ask("GET", "/me/authenticator", None, Identity.show_authenticator, ShowAuthenticator(),
        AuthenticatorStanding(), 200),
    Ask("POST", "/me/authenticator", None, Identity.begin_authenticator, BeginAuthenticator(),
        AuthenticatorOffered(secret="ABC", uri="otpauth://totp/Carnet:camille?secret=ABC"), 201),
    Ask("POST", "/me/authenticator/confirmation", {"code": "123456"}, Identity.confirm_authenticator,
        ConfirmAuthenticator(code="123456"), AuthenticatorStanding(since=NOW), 200),
    Ask("DELETE", "/me/authenticator", None, Identity.remove_authenticator, RemoveAuthenticator(),
        AuthenticatorStanding(), 200),
    Ask("GET", "/operator/filing", None, Records.show_filing, ShowFiling(),
        FilingShown(version="integre", text="{}", loaded_at=None, to_refile=0), 200),
    Ask("POST", "/operator/filing", {"text": "{}"}, Records.load_filing, LoadFiling(text="{}"),
        FilingDiff(version="v", against="integre", moves=()), 200),
    Ask("GET", "/me/passkeys", None, Identity.list_passkeys, ListPasskeys(), PasskeysShown(passkeys=()), 200),
    Ask("POST", "/me/passkeys", None, Identity.begin_passkey, BeginPasskey(),
        PasskeyOffered(attempt="abc", options={"challenge": "x"}), 201),
    Ask("POST", "/me/passkeys/abc", {"credential": {"id": "x"}, "label": "y"}, Identity.confirm_passkey,
        ConfirmPasskey(attempt="abc", credential={"id": "x"}, label="y"), PasskeysShown(passkeys=()), 200),
    Ask("DELETE", "/me/passkeys/x_-Y", None, Identity.remove_passkey, RemovePasskey(passkey="x_-Y"),
        PasskeysShown(passkeys=()), 200),
    Ask("POST", "/sessions/passkey", None, Identity.begin_passkey_login, BeginPasskeyLogin(),
        PasskeyOffered(attempt="abc", options={"challenge": "x"}), 201),
    Ask("POST", "/sessions/passkey/abc", {"credential": {"id": "x"}}, Identity.finish_passkey_login,
        FinishPasskeyLogin(attempt="abc", credential={"id": "x"}), TOKEN, 200),
    Ask("PUT", "/me/password", {"current": "a", "password": "b"}, Identity.change_password,
        ChangePassword(current="a", password="b"), PasswordChanged(ended=1), 200),
    Ask("GET", "/me/contact", None, Identity.show_contact, ShowContact(), Contact(email="c@example.org"), 200),
    Ask("POST", "/me/contact", {"channel": "sms", "address": "+33612345678"}, Identity.change_contact,
        ChangeContact(channel=Channel.SMS, address="+33612345678"), SENT, 202),
    Ask("POST", "/me/contact/abc/code", {"code": "1"}, Identity.confirm_contact, PresentCode(attempt="abc", code="1"),
        Contact(mobile="+33612345678"), 200),
    Ask("POST", "/accounts/recovery", {"proof": "p", "channel": "sms"}, Identity.recover_account,
        RecoverAccount(proof="p", channel=Channel.SMS), SENT, 202),
    Ask("POST", "/accounts/recovery/abc/code", {"code": "1", "password": "w"}, Identity.finish_recovery,
        FinishRecovery(attempt="abc", code="1", password="w"), TOKEN, 200),
    Ask("POST", f"{RECORD}/carers", {"sections": ["analyses"], "carer_label": "Paul", "holder_label": "Maman"},
        Consent.invite_carer,
        InviteCarer(patient_id=PATIENT, sections=(Section.ANALYSES,), carer_label="Paul", holder_label="Maman"),
        INVITED, 201),
    Ask("GET", f"{RECORD}/carers", None, Consent.list_carers, ListCarers(patient_id=PATIENT),
        Carers(carers=(), invitations=(INVITED,)), 200),
    Ask("DELETE", f"{RECORD}/invitations/{PARENT}", None, Consent.withdraw_invitation,
        AboutInvitation(patient_id=PATIENT, invitation_id=PARENT), Done(), 204),
    Ask("DELETE", f"{RECORD}/carers/{PARENT}", None, Consent.end_carer, AboutCarer(patient_id=PATIENT, carer=PARENT),
        Done(), 204),
    Ask("POST", "/me/invitations", {"code": "abc", "accepted": True}, Consent.answer_invitation,
        AnswerInvitation(code="abc", accepted=True), Profiles(profiles=()), 200),
    Ask("GET", "/me/profiles", None, Consent.list_profiles, ListProfiles(), Profiles(profiles=()), 200),
    Ask("GET", f"{RECORD}/apps", None, Consent.list_apps, ListApps(patient_id=PATIENT),
        GrantedApps(apps=(GrantedApp(app="app-1", since=NOW, sections=(Section.ANALYSES,)),)), 200),
    Ask("DELETE", f"{RECORD}/apps/app-1", None, Consent.revoke_app, AboutApp(patient_id=PATIENT, app="app-1"),
        Done(), 204),
    Ask("POST", "/operator/sessions/ending", {"role": "professional", "subject": RPPS}, Identity.end_sessions_of,
        EndSessionsOf(role=Role.PROFESSIONAL, subject=RPPS), SessionsEnded(count=2), 200),
    Ask("GET", "/operator/apps", None, Identity.list_clients, ListClients(), Clients(clients=(CLIENT,)), 200),
    Ask("POST", "/operator/apps", TERMS, Identity.register_client, msgspec.convert(TERMS, RegisterClient), CLIENT,
        200),
    Ask("PUT", "/operator/apps/app-1/suspension", {"suspended": True}, Identity.suspend_client,
        SuspendClient(client_id="app-1", suspended=True), CLIENT, 200),
]  # fmt: skip
"""Deposits and downloads, whose bytes travel apart, and heads, which are text, have tests of their own."""
