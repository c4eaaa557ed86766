"""A legal representative is named or ended by two agents of an organisation, or by one after a delay and notices."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest

from client.errors import ApiError
from client.operator import OperatorClient
from client.patient import PatientClient
from client.people import DemoPeople
from contracts.consent.representations import Representation
from deploy.dev.authority import VitaleCard
from deploy.dev.stack import Stack
from tests.support.clock import let_delay_of_representation_pass, reach_majority
from tests.support.journal_and_notices import expect_notices, journal_lines, notice_codes, wait_for_line
from tests.support.people import Holder, activate_account, new_minor, new_patient, open_record
from tests.support.refusals import expect_refusal
from tests.support.staff import (
    AGENT,
    BIRTH_EVIDENCE,
    COLLEAGUE,
    JUDGMENT,
    STRANGER,
    agent_client,
    appoint_representative,
    dismiss_representative,
    register_organisation,
    request_representative,
)
from tests.support.waiting import wait_until

REQUESTED, NAMED = "DEMANDE_REPRESENTANT", "REPRESENTANT_NOMME"
END_REQUESTED, ENDED, CONTESTED = "DEMANDE_FIN_REPRESENTATION", "FIN_REPRESENTATION", "REPRESENTATION_CONTESTEE"


class RepresentedChild:
    """A minor with a mother who represents them, and a person who does not; each with a logged-in client."""

    def __init__(self, platform: Stack, demo: DemoPeople, operator: OperatorClient) -> None:
        self.platform, self.demo = platform, demo
        register_organisation(operator, AGENT.partition(":")[0])
        self.child, self.mother, self.other = open_record(demo, new_minor()), open_record(demo), open_record(demo)
        appoint_representative(platform, demo, self.child, self.mother.card)
        self.minor, self.parent, self.person = (
            activate_account(demo, holder) for holder in (self.child, self.mother, self.other)
        )

    @property
    def record(self) -> str:
        return self.child.record

    def request(self, card: VitaleCard | None = None) -> Representation:
        """One agent alone requests that the other person represent the child."""
        return request_representative(self.platform, self.demo, self.child, card or self.other.card)

    def request_end(self) -> None:
        """One agent alone requests the end of the mother's representation."""
        agent_client(self.platform).request_end_of_representation(self.record, self.mother.record, JUDGMENT)

    def confirm(self, by: str = COLLEAGUE, whom: Holder | None = None, *, ends: bool = False) -> None:
        agent_client(self.platform, by).confirm_representation(self.record, (whom or self.other).record, ends=ends)

    def let_delay_pass(self) -> None:
        let_delay_of_representation_pass(self.platform, self.record)

    def notices_of(self, holder: Holder) -> list[str]:
        """Codes of the notices in that person's own record."""
        clients = {self.child.record: self.minor, self.mother.record: self.parent, self.other.record: self.person}
        return notice_codes(clients[holder.record], holder.record)


@pytest.fixture
def family(platform: Stack, demo: DemoPeople, operator_client: OperatorClient) -> RepresentedChild:
    return RepresentedChild(platform, demo, operator_client)


def reads(client: PatientClient, record: str) -> bool:
    """Whether the client reads the list of documents; anything else than that, or 404, fails."""
    try:
        client.list_documents(record)
    except ApiError as refusal:
        assert (refusal.status, refusal.code) == (404, "record.not_found")
        return False
    return True


def test_one_agent_alone_gives_nobody_a_look_at_a_record(platform: Stack, family: RepresentedChild) -> None:
    record, person = family.record, family.person
    proof = family.demo.vitale_proof(family.other.card)
    vague = {**BIRTH_EVIDENCE, "evidence": "x"}
    expect_refusal("request.invalid", 400, agent_client(platform).name_representative, record, proof, "mineur", vague)

    requested = family.request()

    assert requested.waiting
    assert requested.takes_effect_at is not None
    assert requested.takes_effect_at > datetime.now(UTC) + timedelta(hours=71)
    expect_refusal("representation.second_agent", 403, lambda: family.confirm(AGENT))
    for read in (person.list_documents, person.journal, person.notices, person.circle, person.record, person.carers):
        expect_refusal("record.not_found", 404, read, record)
    assert person.profiles() == ()
    wait_for_line(family.minor, record, "nommer_representant", reason="representation.second_agent")
    assert wait_for_line(family.minor, record, "demande_representant", outcome="allowed").actor == AGENT


def test_agents_of_another_organisation_find_no_request(platform: Stack, family: RepresentedChild) -> None:
    family.request()
    for act in (
        agent_client(platform, STRANGER).confirm_representation,
        agent_client(platform, STRANGER).withdraw_representation,
    ):
        expect_refusal("representation.request_gone", 404, act, family.record, family.other.record)
    assert not reads(family.person, family.record)


def test_a_second_agent_of_the_organisation_puts_a_request_into_effect(family: RepresentedChild) -> None:
    family.request()
    family.confirm()
    assert reads(family.person, family.record)
    lines = partial(journal_lines, family.minor, family.record, "nommer_representant", actor=COLLEAGUE)
    wait_until(lambda: len(lines(outcome="allowed")) == 2, "the entries of the mother's naming and of this one")
    assert family.minor.circle(family.record).representation_requests == ()


def test_without_a_second_agent_a_request_takes_effect_after_the_delay(family: RepresentedChild) -> None:
    family.request()
    family.let_delay_pass()
    wait_until(lambda: reads(family.person, family.record), "the representation")
    line = wait_for_line(family.minor, family.record, "nommer_representant", reason="delai")
    assert line.actor_role == "service"


def test_where_nobody_can_be_notified_a_request_waits_for_a_second_agent(platform: Stack, demo: DemoPeople) -> None:
    child, parent = open_record(demo, new_minor()), open_record(demo)
    assert request_representative(platform, demo, child, parent.card).takes_effect_at is None
    agent_client(platform, COLLEAGUE).confirm_representation(child.record, parent.record)
    assert reads(activate_account(demo, parent), child.record)


def test_what_a_suspended_organisation_requested_lapses(
    platform: Stack, family: RepresentedChild, operator_client: OperatorClient
) -> None:
    client_id = f"fictive-{uuid4()}"
    register_organisation(operator_client, client_id)
    proof = family.demo.vitale_proof(family.other.card)
    agent = agent_client(platform, f"{client_id}:accueil.1")
    assert agent.name_representative(family.record, proof, "mineur", BIRTH_EVIDENCE).takes_effect_at
    operator_client.suspend_app(client_id, suspended=True)

    family.let_delay_pass()

    wait_for_line(family.minor, family.record, "retrait_representation", reason="delai")
    assert not reads(family.person, family.record)


def test_holder_and_other_representatives_are_notified_and_whom_it_names_is_not(family: RepresentedChild) -> None:
    family.request()
    family.confirm()
    for code in (REQUESTED, NAMED):
        expect_notices(family.parent, family.mother.record, code)
    # One is of the mother's own naming.
    expect_notices(family.minor, family.record, REQUESTED, times=2)
    expect_notices(family.minor, family.record, NAMED, times=2)
    assert {REQUESTED, NAMED}.isdisjoint(family.notices_of(family.other))


def test_a_waiting_request_is_shown_to_holder_and_representatives(family: RepresentedChild) -> None:
    family.request()
    for client in (family.minor, family.parent):
        circle = client.circle(family.record)
        (shown,) = circle.representation_requests
        assert (str(shown.representative), shown.organisation, shown.ends) == (
            family.other.record,
            "cpam-essai",
            False,
        )
        assert str(family.other.record) not in str(circle.representatives)
        assert "contester jusqu'au" in circle.said[-1].fr


@pytest.mark.parametrize("contester", ["minor", "parent"])
def test_a_contested_request_takes_effect_only_by_a_second_agent(family: RepresentedChild, contester: str) -> None:
    record = family.record
    family.request()
    by = {"minor": family.minor, "parent": family.parent}
    by.pop(contester).contest_representation(record, family.other.record)
    assert family.minor.circle(record).representation_requests[0].takes_effect_at is None
    (informed,) = by
    other = {"minor": family.child, "parent": family.mother}[informed]
    expect_notices(by[informed], other.record, CONTESTED)

    family.let_delay_pass()
    # A further request, whose delay passes later, shows that the timer has run.
    passed = open_record(family.demo)
    family.request(passed.card)
    family.let_delay_pass()
    wait_for_line(family.minor, record, "nommer_representant", reason="delai")
    assert not reads(family.person, record)

    family.confirm()
    assert reads(family.person, record)


def test_who_withdraws_a_contested_request_and_makes_it_again_gets_no_delay(
    platform: Stack, family: RepresentedChild
) -> None:
    family.request()
    family.minor.contest_representation(family.record, family.other.record)
    agent_client(platform).withdraw_representation(family.record, family.other.record)
    assert family.minor.circle(family.record).representation_requests == ()
    assert family.request().takes_effect_at is None


def test_strangers_and_the_person_named_contest_nothing(family: RepresentedChild) -> None:
    family.request()
    expect_refusal("record.not_found", 404, family.person.contest_representation, family.record, family.other.record)
    family.confirm()
    expect_refusal(
        "representation.request_gone", 404, family.minor.contest_representation, family.record, family.other.record
    )


def test_one_agent_alone_does_not_end_a_representation(platform: Stack, family: RepresentedChild) -> None:
    expect_refusal(
        "request.invalid", 400, agent_client(platform).end_representation, family.record, family.mother.record
    )
    family.request_end()
    expect_notices(family.minor, family.record, END_REQUESTED)
    expect_notices(family.parent, family.mother.record, END_REQUESTED)
    expect_refusal("representation.second_agent", 403, lambda: family.confirm(AGENT, family.mother, ends=True))
    expect_refusal("representation.request_gone", 404, lambda: family.confirm(COLLEAGUE, family.mother))
    assert reads(family.parent, family.record)

    family.parent.contest_representation(family.record, family.mother.record, ends=True)
    expect_notices(family.minor, family.record, CONTESTED)
    family.let_delay_pass()
    family.confirm(COLLEAGUE, family.mother, ends=True)
    assert not reads(family.parent, family.record)
    expect_notices(family.minor, family.record, ENDED)
    expect_notices(family.parent, family.mother.record, ENDED)


def test_an_end_takes_effect_after_the_delay_with_what_rested_on_the_representation(family: RepresentedChild) -> None:
    record = family.record
    family.parent.set_default_masked(record, True)
    family.request_end()
    family.let_delay_pass()
    wait_until(lambda: not reads(family.parent, record), "the end of the representation")
    wait_until(lambda: not family.minor.record(record).default_masked, "the end of the representative's default")
    assert wait_for_line(family.minor, record, "fin_representation", reason="delai").actor_role == "service"


def test_whoever_gives_up_their_own_representation_does_so_at_once_and_the_others_are_notified(
    platform: Stack, family: RepresentedChild
) -> None:
    appoint_representative(platform, family.demo, family.child, family.other.card)
    family.parent.end_representation(family.record, family.mother.record)
    assert not reads(family.parent, family.record)
    expect_notices(family.minor, family.record, ENDED)
    expect_notices(family.person, family.other.record, ENDED)
    assert ENDED not in family.notices_of(family.mother)


def test_the_answer_to_an_agent_does_not_tell_who_represents_whom(platform: Stack, family: RepresentedChild) -> None:
    agent = agent_client(platform)
    answers = [
        agent.request_end_of_representation(family.record, holder.record, JUDGMENT)
        for holder in (family.mother, family.other)
    ]
    assert {(answer.waiting, answer.takes_effect_at is None) for answer in answers} == {(True, False)}
    for holder in (family.mother, family.other):
        family.confirm(COLLEAGUE, holder, ends=True)
    expect_notices(family.minor, family.record, ENDED, times=1)
    expect_notices(family.minor, family.record, END_REQUESTED, times=1)


def test_nothing_is_requested_or_confirmed_of_a_record_that_is_not_active(
    platform: Stack, family: RepresentedChild
) -> None:
    family.request()
    family.minor.close_record(family.record)
    for attempt in (family.request, family.request_end, family.confirm):
        expect_refusal("record.not_active", 403, attempt)

    family.let_delay_pass()

    wait_for_line(family.minor, family.record, "retrait_representation", reason="delai")
    family.minor.reopen_record(family.record)
    assert not reads(family.person, family.record)
    assert family.minor.circle(family.record).representation_requests == ()


def test_nobody_becomes_representative_of_a_minor_who_came_of_age_meanwhile(
    platform: Stack, family: RepresentedChild
) -> None:
    family.request()
    reach_majority(platform, family.record)
    expect_refusal("request.invalid", 400, family.confirm)
    family.let_delay_pass()
    wait_for_line(family.minor, family.record, "retrait_representation", reason="delai")
    assert family.minor.carers(family.record).former[0].representative == UUID(family.mother.record)
    assert not reads(family.person, family.record)


def test_the_same_request_again_is_the_one_that_waits(family: RepresentedChild) -> None:
    first = family.request()
    assert family.request() == first
    family.confirm()
    expect_notices(family.minor, family.record, NAMED, times=2)
    expect_notices(family.minor, family.record, REQUESTED, times=2)


def test_an_organisation_has_three_requests_waiting_about_a_record_at_most(
    demo: DemoPeople, family: RepresentedChild
) -> None:
    cards = [demo.card_for(new_patient()) for _ in range(4)]
    for card in cards[:3]:
        family.request(card)
    expect_refusal("representation.requests_full", 409, family.request, cards[3])


def test_two_confirmations_at_once_take_effect_once(family: RepresentedChild) -> None:
    family.request()
    colleagues = (COLLEAGUE, "cpam-essai:accueil.3")
    with ThreadPoolExecutor(len(colleagues)) as pool:
        outcomes = list(pool.map(outcome_of, (partial(family.confirm, by) for by in colleagues)))
    assert sorted(outcomes) == ["", "representation.request_gone"]
    expect_notices(family.minor, family.record, NAMED, times=2)


def outcome_of(attempt: Callable[[], None]) -> str:
    """The code of the refusal of an attempt; empty where it is allowed."""
    try:
        attempt()
    except ApiError as refusal:
        return refusal.code
    return ""


def test_notices_are_sent_and_tell_neither_who_nor_whose_record(
    demo: DemoPeople, platform: Stack, family: RepresentedChild
) -> None:
    family.request()
    family.confirm()
    dismiss_representative(platform, family.record, family.mother.record)
    expect_notices(family.parent, family.mother.record, ENDED)
    people = (family.child, family.other)
    names = [text for holder in people for text in (holder.patient.family_name, holder.record)]
    texts = str(family.parent.notices(family.mother.record))
    # Activated with this address alone, so that urgent notices go there too.
    messages = partial(demo.mailbox.messages, family.mother.login.email)
    wait_until(lambda: sum("représent" in sent.body for sent in messages()) >= 4, "request, naming, request, end")
    sent = str(messages())
    assert not [name for name in names if name in texts or name in sent]
