"""Steps: software opens a record in its user's browser; the tool of an organisation logs a browser in."""

from uuid import uuid4

from contracts.identity.api import Identity
from contracts.identity.browser_links import (
    CreateLoginLink,
    CreateRecordLink,
    FollowLoginLink,
    FollowRecordLink,
    OpenRecordLink,
)
from tests.journeys.entries.callers import AGENT_LOGGED_OUT, AGENT_OF_ORGANISATION
from tests.journeys.entries.run import ScenarioRun
from tests.journeys.entries.steps import NOBODY, allowed, refused


def opens(run: ScenarioRun) -> OpenRecordLink:
    return OpenRecordLink(link_id=run.last(Identity.follow_record_link).link_id, browser=run.browser)


RECORD_LINKS = (
    allowed(Identity.create_record_link, "gp", lambda run: CreateRecordLink(patient_id=run.id("holder"))),
    allowed(
        Identity.follow_record_link,
        NOBODY,
        lambda run: FollowRecordLink(code=run.last(Identity.create_record_link).code, browser=run.browser),
    ),
    refused("link.gone", Identity.open_record_link, "pharmacist", opens),
    allowed(Identity.open_record_link, "gp", opens),
    refused(
        "link.gone",
        Identity.open_record_link,
        "gp",
        lambda run: OpenRecordLink(link_id=uuid4(), browser=run.browser),
    ),
)
LOGIN_LINKS = (
    refused("token.invalid", Identity.create_login_link, AGENT_LOGGED_OUT, lambda _: CreateLoginLink()),
    allowed(Identity.create_login_link, AGENT_OF_ORGANISATION, lambda _: CreateLoginLink()),
    allowed(
        Identity.follow_login_link,
        NOBODY,
        lambda run: FollowLoginLink(code=run.last(Identity.create_login_link).code),
    ),
    refused("link.gone", Identity.follow_login_link, NOBODY, lambda run: run.sent(Identity.follow_login_link)),
)
STEPS = (*RECORD_LINKS, *LOGIN_LINKS)
