"""The law of access as a table: each row is a situation, each column the answer the law gives."""

from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import denied_types
from contracts.consent import Masked, Obligation, Purpose
from contracts.envelope import Actor
from contracts.vocabulary import AccessMode, PatientId, RecordStatus, Role, SoftwareProfile
from services.consent.domain import Facts, Question, decide

PATIENT = PatientId(UUID(int=1))
OTHER = PatientId(UUID(int=2))


def doctor(profession: str = "10", profile: SoftwareProfile = SoftwareProfile.GESTION) -> Actor:
    return Actor(role=Role.PROFESSIONAL, subject="89990000021", profession=profession, profile=profile)


def question(
    actor: Actor,
    purpose: Purpose = Purpose.READ,
    mode: AccessMode = AccessMode.NORMAL,
    status: RecordStatus | None = RecordStatus.ACTIVE,
    **facts: bool,
) -> Question:
    return Question(actor=actor, patient_id=PATIENT, purpose=purpose, mode=mode, record_status=status, **facts)


READ, DEPOSIT, HIDE = Purpose.READ, Purpose.DEPOSIT, Purpose.SET_VISIBILITY
NORMAL, GLASS, C15 = AccessMode.NORMAL, AccessMode.BRIS_DE_GLACE, AccessMode.CENTRE_15
ACTIVE, CLOSED = RecordStatus.ACTIVE, RecordStatus.CLOSED
ME = Actor(role=Role.PATIENT, subject=str(PATIENT))
NEIGHBOUR = Actor(role=Role.PATIENT, subject=str(OTHER))
FEEDER = doctor(profile=SoftwareProfile.ALIMENTATION)
READER = doctor(profile=SoftwareProfile.CONSULTATION)
MIDWIFE = doctor(profession="50")

# fmt: off
LAW = [
    # who       what     mode    record  on file between them                          -> allowed, reason
    # 1. the record
    (doctor(),  READ,    NORMAL, None,   {"authorised": True},                           False, "record.not_found"),
    (doctor(),  READ,    NORMAL, CLOSED, {"authorised": True},                           False, "record.not_active"),
    (doctor(),  DEPOSIT, NORMAL, CLOSED, {},                                             False, "record.not_active"),
    (ME,        READ,    NORMAL, None,   {},                                             False, "record.not_found"),
    (ME,        READ,    NORMAL, CLOSED, {},                                             False, "record.not_active"),
    # 2. a block beats everything
    (doctor(),  READ,    NORMAL, ACTIVE, {"blocked": True, "authorised": True},          False, "consent.blocked"),
    (doctor(),  READ,    NORMAL, ACTIVE, {"blocked": True, "medecin_traitant": True},    False, "consent.blocked"),
    (doctor(),  READ,    GLASS,  ACTIVE, {"blocked": True, "emergency": True},           False, "consent.blocked"),
    (doctor(),  READ,    C15,    ACTIVE, {"blocked": True, "emergency": True},           False, "consent.blocked"),
    (doctor(),  DEPOSIT, NORMAL, ACTIVE, {"blocked": True},                              True,  "alimentation"),
    # 3. normal mode
    (doctor(),  READ,    NORMAL, ACTIVE, {},                                             False, "consent.missing"),
    (doctor(),  READ,    NORMAL, ACTIVE, {"expired": True},                              False, "consent.missing"),
    (doctor(),  READ,    NORMAL, ACTIVE, {"emergency": True},                            False, "consent.missing"),
    (doctor(),  READ,    NORMAL, ACTIVE, {"authorised": True},                           True,  "autorisation"),
    (doctor(),  READ,    NORMAL, ACTIVE, {"medecin_traitant": True},                     True,  "medecin_traitant"),
    (doctor(),  READ,    NORMAL, ACTIVE, {"medecin_traitant": True, "authorised": True}, True,  "medecin_traitant"),
    (READER,    READ,    NORMAL, ACTIVE, {"authorised": True},                           True,  "autorisation"),
    (FEEDER,    READ,    NORMAL, ACTIVE, {"authorised": True},                           False, "software.refused"),
    # 4. and 5. emergencies
    (doctor(),  READ,    GLASS,  ACTIVE, {},                                             False, "emergency.not_open"),
    (doctor(),  READ,    GLASS,  ACTIVE, {"authorised": True},                           False, "emergency.not_open"),
    (doctor(),  READ,    GLASS,  ACTIVE, {"emergency": True},                            True,  "bris_de_glace"),
    (doctor(),  READ,    GLASS,  ACTIVE, {"emergency": True, "opposed": True},           False, "emergency.opposed"),
    (doctor(),  READ,    C15,    ACTIVE, {"emergency": True},                            True,  "centre_15"),
    (doctor(),  READ,    C15,    ACTIVE, {"emergency": True, "opposed": True},           False, "emergency.opposed"),
    # 6. the matrix does not know every profession; those it does not know read nothing
    (MIDWIFE,   READ,    NORMAL, ACTIVE, {"authorised": True},                           False, "access.profession"),
    (MIDWIFE,   DEPOSIT, NORMAL, ACTIVE, {},                                             True,  "alimentation"),
    (doctor("36"), DEPOSIT, NORMAL, ACTIVE, {},                                          False, "access.profession"),
    (doctor("ZZ"), DEPOSIT, NORMAL, ACTIVE, {},                                          False, "access.profession"),
    # 7. the patient
    (ME,        READ,    NORMAL, ACTIVE, {},                                             True,  "patient"),
    (ME,        HIDE,    NORMAL, ACTIVE, {},                                             True,  "patient"),
    (ME,        DEPOSIT, NORMAL, ACTIVE, {},                                             False, "access.role"),
    (NEIGHBOUR, READ,    NORMAL, ACTIVE, {},                                             False, "record.not_found"),
    # feeding and hiding one's own never ask for leave to read
    (doctor(),  DEPOSIT, NORMAL, ACTIVE, {},                                             True,  "alimentation"),
    (FEEDER,    DEPOSIT, NORMAL, ACTIVE, {},                                             True,  "alimentation"),
    (READER,    DEPOSIT, NORMAL, ACTIVE, {},                                             False, "software.refused"),
    (doctor(),  HIDE,    NORMAL, ACTIVE, {},                                             True,  "auteur"),
    (doctor(),  HIDE,    NORMAL, ACTIVE, {"medecin_traitant": True},                     True,  "medecin_traitant"),
    (doctor(),  HIDE,    NORMAL, ACTIVE, {"medecin_traitant": True, "blocked": True},    True,  "auteur"),
    # 9. nobody else, ever
    (Actor(role=Role.AGENT, subject="a"),    READ, NORMAL, ACTIVE, {"authorised": True}, False, "access.role"),
    (Actor(role=Role.OPERATOR, subject="o"), READ, NORMAL, ACTIVE, {"authorised": True}, False, "access.role"),
    (Actor(role=Role.SERVICE, subject="s"),  READ, NORMAL, ACTIVE, {"authorised": True}, False, "access.role"),
]
# fmt: on


@pytest.mark.parametrize(("actor", "purpose", "mode", "status", "on_file", "allowed", "reason"), LAW)
def test_the_law(
    actor: Actor,
    purpose: Purpose,
    mode: AccessMode,
    status: RecordStatus | None,
    on_file: dict[str, bool],
    allowed: bool,
    reason: str,
) -> None:
    decision = decide(Facts(**on_file), question(actor, purpose, mode, status))
    assert (decision.allowed, decision.reason) == (allowed, reason)
    assert decision.refusal == ("" if allowed else reason)


def test_a_reader_sees_masked_documents_of_their_own_only() -> None:
    decision = decide(Facts(authorised=True), question(doctor()))
    assert decision.limits.masked is Masked.OWN


def test_the_medecin_traitant_and_the_patient_see_masked_documents() -> None:
    for facts, actor in ((Facts(medecin_traitant=True), doctor()), (Facts(), ME)):
        assert decide(facts, question(actor)).limits.masked is Masked.ALL


def test_an_emergency_does_not_unmask_and_shows_its_banner() -> None:
    decision = decide(Facts(emergency=True), question(doctor(), mode=GLASS))
    assert decision.limits.masked is Masked.OWN
    assert decision.obligations == (Obligation.SHOW_EMERGENCY_BANNER,)


def test_the_first_reading_must_be_told_and_only_the_first() -> None:
    first = decide(Facts(authorised=True), question(doctor(), seen_before=False))
    later = decide(Facts(authorised=True), question(doctor(), seen_before=True))
    assert first.obligations == (Obligation.NOTIFY_FIRST_ACCESS,)
    assert later.obligations == ()


@pytest.mark.parametrize("profession", ["10", "21", "40", "60"])
def test_types_the_matrix_withholds_are_out_of_reach(profession: str) -> None:
    for facts, mode in ((Facts(authorised=True), NORMAL), (Facts(emergency=True), GLASS)):
        decision = decide(facts, question(doctor(profession), mode=mode))
        assert set(decision.limits.denied_types) == denied_types(profession)


def test_authors_without_leave_see_what_they_deposited_and_nothing_else() -> None:
    decision = decide(Facts(), question(doctor(), has_deposited=True))
    assert (decision.allowed, decision.reason, decision.limits.own_only) == (True, "auteur", True)
    assert not decide(Facts(blocked=True), question(doctor(), has_deposited=True)).allowed


FACTS = st.builds(Facts, **{name: st.booleans() for name in Facts.__struct_fields__})
QUESTIONS = st.builds(
    question,
    st.sampled_from([doctor(), FEEDER, READER, MIDWIFE, doctor("21"), ME, NEIGHBOUR]),
    st.sampled_from(Purpose),
    st.sampled_from(AccessMode),
    st.sampled_from([None, *RecordStatus]),
    seen_before=st.booleans(),
    has_deposited=st.booleans(),
)


@given(FACTS, QUESTIONS)
def test_every_situation_has_one_explained_answer(facts: Facts, asked: Question) -> None:
    decision = decide(facts, asked)
    assert decision.reason
    assert decision.allowed == (decision.refusal == "")


@given(FACTS, QUESTIONS, st.sampled_from(["blocked", "opposed"]))
def test_adding_a_refusal_never_allows_more(facts: Facts, asked: Question, refusal: str) -> None:
    with_refusal = decide(msgspec.structs.replace(facts, **{refusal: True}), asked)
    assert not (with_refusal.allowed and not decide(facts, asked).allowed)


@given(QUESTIONS)
def test_nothing_on_file_lets_no_professional_read_what_they_did_not_write(asked: Question) -> None:
    decision = decide(Facts(), asked)
    if decision.allowed and asked.purpose is READ and asked.actor.role is Role.PROFESSIONAL:
        assert decision.limits.own_only


@given(FACTS, QUESTIONS)
def test_a_blocked_professional_reads_in_no_mode(facts: Facts, asked: Question) -> None:
    blocked = msgspec.structs.replace(facts, blocked=True)
    if asked.actor.role is Role.PROFESSIONAL and asked.purpose is READ:
        assert not decide(blocked, asked).allowed


@given(FACTS, QUESTIONS)
def test_feeding_looks_at_nothing_on_file(facts: Facts, asked: Question) -> None:
    if asked.purpose is DEPOSIT:
        assert decide(facts, asked) == decide(Facts(), asked)
