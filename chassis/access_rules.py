"""What each handler declares: whether consent is asked, and which entries its requests leave in the journal."""

from dataclasses import dataclass
from enum import StrEnum

from contracts.consent.decisions import Purpose
from contracts.vocabulary import Act

SUBJECT_FIELDS = ("patient_id", "document_id", "mode", "secret")
"""Fields of a request that say which access it is, where the handler's rule does not name fewer."""


class NoQuestion(StrEnum):
    """Why consent is not asked."""

    OWN = "the caller acts on what is their own"
    OPERATOR = "the operator's role allows it"
    AGENT = "the agent's role allows it"
    AGENT_OR_OWN = "the agent's role allows it, and whoever gives up their own right"
    PROOF = "the request carries the proof of who acts"
    PATIENT_PRESENT = "the patient's card was shown"
    EXISTENCE = "the answer tells no more than that a record exists"
    INVITATION = "the code proves that the holder has invited"
    TICKET = "consent decided when the ticket was given"
    SERVICE = "a service asks, for a request that is checked there"
    PUBLIC = "the answer is public"
    SENDER = "the sender of the event checked what caused it"
    UPKEEP = "the platform acts by itself, on a date or to tidy up"


class NoEntry(StrEnum):
    """Why the journal receives no entry."""

    CALLER = "the service that calls journals its own request"
    ASKED_SERVICE = "the service that is asked journals it"
    SENDER = "the sender of the event journalled what caused it"
    LATER_STEP = "the step that completes it is journalled"
    TICKET = "the request that gave the ticket is journalled"
    SPENT_TICKET = "a spent ticket proves nobody: anyone may show it again"
    REFRESHED = "no session begins when a token is renewed"
    COMPARED = "nothing was loaded, only compared"
    READ_BEFORE = "it tells whether what was read and journalled is out of date, and nothing else"
    SEEN_BEFORE = "nothing is shown: what is marked as seen was read, and journalled, before"
    REPEATED = "the same deposit was journalled when it was made first"
    OWN = "it shows or ends what the caller itself was given, and nothing of a record"
    PUBLIC = "the answer is public"
    PLATFORM_TABLE = "it shows a table of the platform, in which there is no patient"
    IS_ENTRY = "it is the entry"
    UPKEEP = "nothing changes for anybody"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRule:
    """Made by `asks`, `unasked` and `unjournalled`.

    Args:
        acts: what the entry may say was done; with several, the handler says which.
        purposes: what consent may be asked.
        no_question: why it is not asked, or need not always be.
        allowed: why an allowed request leaves no entry, if it leaves none.
        skips: why some requests leave no entry.
        each: an entry for each item that the handler names; a call that names none leaves one.
        fields: fields of the request that its entry copies.
    """

    acts: tuple[Act, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    no_question: NoQuestion | None = None
    allowed: NoEntry | None = None
    skips: tuple[NoEntry, ...] = ()
    each: bool = False
    fields: tuple[str, ...] = SUBJECT_FIELDS


def asks(
    purpose: Purpose | tuple[Purpose, ...],
    *acts: Act,
    unless: NoQuestion | None = None,
    allowed: NoEntry | None = None,
    each: bool = False,
    fields: tuple[str, ...] = SUBJECT_FIELDS,
) -> AccessRule:
    """Consent decides, and one entry, or one for `each`, tells the outcome; without acts, `allowed` says why not.

    Args:
        unless: why some callers need no decision.
    """
    if not acts and allowed is None:
        raise ValueError("a handler without an act must say why its requests leave no entry")
    purposes = purpose if isinstance(purpose, tuple) else (purpose,)
    return AccessRule(acts=acts, purposes=purposes, no_question=unless, allowed=allowed, each=each, fields=fields)


def unasked(
    because: NoQuestion,
    act: Act,
    *acts: Act,
    allowed: NoEntry | None = None,
    skips: tuple[NoEntry, ...] = (),
    each: bool = False,
    fields: tuple[str, ...] = SUBJECT_FIELDS,
) -> AccessRule:
    """Consent is not asked; the requests are journalled as the arguments say."""
    return AccessRule(acts=(act, *acts), no_question=because, allowed=allowed, skips=skips, each=each, fields=fields)


def unjournalled(because: NoEntry, question: NoQuestion) -> AccessRule:
    """Consent is not asked, and there is no entry."""
    return AccessRule(no_question=question, allowed=because)


def is_complete(rule: AccessRule | None) -> bool:
    """Whether a rule says what is journalled or why nothing is, and what is asked or why nothing is."""
    return rule is not None and bool((rule.acts or rule.allowed) and (rule.purposes or rule.no_question))
