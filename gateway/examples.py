"""Examples of response bodies for the OpenAPI description; all data is invented."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from contracts.audit import Journal, JournalLine, Proofs, ProvenLine
from contracts.clinical_data import Allergy, ClinicalData, LabResult, Treatment
from contracts.consent.apps import GrantedApp, GrantedApps
from contracts.consent.authorisations import (
    Authorisation,
    AuthorisationStatus,
    EmergencyOpened,
    FactSentence,
    PatientDecisions,
    TeamAuthorisation,
)
from contracts.consent.carers import Carer, Carers, Invitation
from contracts.consent.heirs import HeirAccess
from contracts.consent.representations import (
    EvidenceKind,
    Representation,
    RepresentationEnding,
    RepresentationKind,
    RepresentationRequest,
)
from contracts.identity.browser_links import PageLink
from contracts.identity.deaths import Death, DeathUndone
from contracts.identity.directory import DirectoryNames, DirectoryProfessional, ProfessionalsFound
from contracts.identity.joins import IdentitiesSeparated, Join
from contracts.identity.logins import AccountConfirmed
from contracts.identity.numbers import InsNumbers
from contracts.identity.people import Person, PersonsFound, Traits
from contracts.identity.workplaces import Workplace
from contracts.notify import Notice, NoticeCode, Notices, NoticesSeen
from contracts.records.consent_texts import OPENING_TEXTS, ConsentText, ConsentTexts
from contracts.records.documents import Author, Document, DocumentList
from contracts.records.folders import Arrangement, Folder, Folders
from contracts.records.lifecycle import MyRecord, MyRecords, Record, RecordDetails, RecordFound
from contracts.vocabulary import (
    OID_TEST,
    AccessMode,
    Act,
    Channel,
    Coded,
    DocumentId,
    DocumentStatus,
    Finess,
    Ins,
    Outcome,
    PatientId,
    RecordStatus,
    Role,
    Rpps,
    Section,
)
from gateway.api.clinical_data import RecordClinicalData, Trends
from gateway.trends import SourcedClinicalData, trends_in

_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_UNTIL = datetime(2027, 3, 2, 9, 30, tzinfo=UTC)
_PATIENT = PatientId(UUID("7b0e9a52-5a1c-4b52-9d2c-1f3a6f0d8c11"))
_DOCUMENT = DocumentId(UUID("0c6f1c1e-93a4-4f0e-8a39-5d8d7b2f4a02"))
_FOLDER = UUID("5e2c6f3e-0b5f-4a3b-8f0a-2b6f0f7a9e31")
_RPPS, _FINESS = Rpps("10003456784"), Finess("750000018")
_INS = Ins("285076956784588", OID_TEST)
_RECORD = Record(patient_id=_PATIENT, status=RecordStatus.ACTIVE, opened_at=_AT)
_DOCUMENT_DETAILS = Document(
    document_id=_DOCUMENT,
    entry_uuid="urn:uuid:3f1f6d4e-2f64-4b5a-9a0e-5f5b7f9c2b10",
    unique_id="1.2.250.1.213.1.1.9.97.1",
    version=1,
    status=DocumentStatus.CURRENT,
    section=Section.ANALYSES,
    class_code="10",
    type_code="11502-2",
    format_code="urn:ihe:iti:xds-sd:pdf:2008",
    title="Compte rendu d'examens biologiques",
    author=Author(rpps=_RPPS, name="Agathe EXEMPLE", structure="Laboratoire de la rue Inventée"),
    created_at=_AT,
    deposited_at=_AT,
    language="fr-FR",
    media_type="text/xml",
    size=139_204,
    sha1="da39a3ee5e6b4b0d3255bfef95601890afd80709",
)
_FACTS = ClinicalData(
    allergies=(Allergy(name="Allergie médicamenteuse", agent="Paracétamol", since="2018-06-03"),),
    treatments=(Treatment(name="PLAVIX 75 mg", dose="1 comprimé", rhythm="1 d"),),
    results=(
        LabResult(
            name="Ferritine",
            analyte=Coded("2276-4", "2.16.840.1.113883.6.1", "Ferritine"),
            value="48",
            number=48.0,
            unit="ug/L",
            low=20.0,
            high=200.0,
            at=_AT,
        ),
    ),
)
_SOURCE = SourcedClinicalData(document_id=_DOCUMENT, title=_DOCUMENT_DETAILS.title, created_at=_AT, facts=_FACTS)
_INVITATION = Invitation(
    invitation_id=UUID(int=8),
    sections=(Section.ANALYSES,),
    carer_label="Mon fils Paul",
    expires_at=_UNTIL,
    code="Jv6c2Vq0uT1xk1m0Z0bq3w",
)
_AUTHORISATION = Authorisation(patient_id=_PATIENT, rpps=_RPPS, since=_AT, until=_UNTIL)
_JOURNAL_LINE = JournalLine(
    number=7,
    at=_AT,
    act=Act.CONSULTATION_DOCUMENT,
    outcome=Outcome.ALLOWED,
    reason="autorisation",
    who="Agathe EXEMPLE",
    fr="Agathe EXEMPLE, médecin, a consulté un document (avec votre autorisation).",
    en="Agathe EXEMPLE, doctor, read a document (with your authorisation).",
    actor_role=Role.PROFESSIONAL,
    actor=_RPPS,
    document_id=_DOCUMENT,
    position=40_112,
    strand="5d2c6f3e-0b5f-4a3b-8f0a-2b6f0f7a9e31",
)
_PROVEN_LINE = ProvenLine(
    position=40_112, leaf="{...}", personal="{...}", nonce="q83v...", path=("7zQx...", "Yb1k...")
)

_PROFESSIONAL = DirectoryProfessional(
    rpps=_RPPS,
    name="Dr Agathe EXEMPLE",
    profession="10",
    structures=(Workplace(finess=_FINESS, name="Laboratoire de la rue Inventée"),),
)

_ALL: tuple[msgspec.Struct, ...] = (
    _RECORD,
    AccountConfirmed(patient_id=_PATIENT),
    RecordFound(record=_RECORD, authorisation=AuthorisationStatus.VALID, medecin_traitant=False),
    RecordDetails(
        patient_id=_PATIENT, status=RecordStatus.CLOSED, opened_at=_AT, closed_at=_AT, purge_on=date(2036, 3, 2)
    ),
    ConsentTexts(opening=(ConsentText(version=OPENING_TEXTS[-1], current=True, fr="...", en="..."),)),
    MyRecords(records=(MyRecord(patient_id=_PATIENT, ins=_INS, since=_AT, medecin_traitant=False),)),
    ProfessionalsFound(professionals=(_PROFESSIONAL,)),
    DirectoryNames(professionals=(_PROFESSIONAL,), structures=_PROFESSIONAL.structures),
    PersonsFound(
        persons=(
            Person(
                patient_id=_PATIENT,
                ins=_INS,
                traits=Traits(family_name="MARTIN", given_names="CAMILLE", birth_date=date(1985, 7, 14), sex="F"),
            ),
        )
    ),
    _DOCUMENT_DETAILS,
    DocumentList(documents=(_DOCUMENT_DETAILS,), next="MjAyNi0wMy0wMlQwOTozMDow..."),
    _FACTS,
    RecordClinicalData(sources=(_SOURCE,)),
    Trends(trends=trends_in((_SOURCE,))),
    _AUTHORISATION,
    TeamAuthorisation(patient_id=_PATIENT, structure=_FINESS, since=_AT, until=_UNTIL),
    Representation(
        patient_id=_PATIENT,
        representative=PatientId(UUID(int=7)),
        since=_AT,
        waiting=True,
        takes_effect_at=_AT + timedelta(days=3),
    ),
    InsNumbers(ins=_INS, former=(Ins("285079999900284", OID_TEST),)),
    Death(patient_id=_PATIENT, died_on=date(2026, 3, 1), reported_at=_AT),
    DeathUndone(patient_id=_PATIENT, not_restored=("sessions", "codes")),
    Join(patient_id=_PATIENT, other=PatientId(UUID(int=7)), since=_AT),
    IdentitiesSeparated(patient_id=_PATIENT, other=PatientId(UUID(int=7)), not_restored=("sessions", "codes")),
    HeirAccess(patient_id=_PATIENT, heir=PatientId(UUID(int=7)), sections=(Section.COMPTES_RENDUS,), until=_UNTIL),
    RepresentationEnding(waiting=True, takes_effect_at=_AT + timedelta(days=3)),
    GrantedApps(apps=(GrantedApp(app="carnet-de-vaccins", since=_AT, sections=(Section.PREVENTION,)),)),
    _INVITATION,
    Carers(
        carers=(Carer(carer=PatientId(UUID(int=7)), label="Mon fils Paul", sections=(Section.ANALYSES,), since=_AT),),
        invitations=(),
    ),
    PatientDecisions(
        authorisations=(_AUTHORISATION,),
        medecins_traitants=(_RPPS,),
        blocked=(),
        said=(
            FactSentence(
                fr="Vous autorisez Agathe EXEMPLE jusqu'au 2 mars 2027.",
                en="You authorise Agathe EXEMPLE until 2 March 2027.",
            ),
        ),
        representation_requests=(
            RepresentationRequest(
                representative=PatientId(UUID(int=7)),
                ends=False,
                organisation="cpam-nantes",
                evidence_kind=EvidenceKind.JUGEMENT,
                evidence_on=date(2026, 2, 12),
                requested_at=_AT,
                takes_effect_at=_AT + timedelta(days=3),
                kind=RepresentationKind.MAJEUR_PROTEGE,
            ),
        ),
    ),
    PageLink(url="https://carnet.example/pro/lien/3kq0Gm4N...", expires_in=60),
    Folder(folder_id=_FOLDER, name="Grossesse", documents=3),
    Folders(folders=(Folder(folder_id=_FOLDER, name="Grossesse", documents=3),), pinned=(_DOCUMENT,)),
    Arrangement(document_id=_DOCUMENT, folders=(_FOLDER,), pinned=True),
    EmergencyOpened(patient_id=_PATIENT, mode=AccessMode.BRIS_DE_GLACE, until=_UNTIL),
    Notices(
        notices=(
            Notice(
                id="0192f6c4",
                code=NoticeCode.AJOUT_DOCUMENT,
                at=_AT,
                fr="Un document a été ajouté à votre dossier.",
                en="A document was added to your record.",
                sent=(Channel.EMAIL,),
                unread=True,
            ),
        ),
        unread=1,
    ),
    NoticesSeen(unread=0),
    Journal(lines=(_JOURNAL_LINE,)),
    Proofs(head="carnet.example/journal\n40960\n...", lines=(_PROVEN_LINE,)),
)

EXAMPLES: dict[type, Any] = {type(example): msgspec.to_builtins(example) for example in _ALL}
"""Type of a response body -> an example, as JSON."""
