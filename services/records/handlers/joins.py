"""Two identities of one person: their records are in one state and are read together, until they are separated."""

from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.handlers import listens
from chassis.joins import follow_join
from contracts.identity.events import PersonsJoined, PersonsSeparated
from services.records.context import RecordsContext
from services.records.tables import joins

_OF_IDENTITY = unjournalled(NoEntry.SENDER, NoQuestion.SENDER)


@listens(PersonsJoined, access=_OF_IDENTITY)
def join_records(ctx: RecordsContext, event: PersonsJoined) -> None:
    """Remember whose the other record is; identity has journalled it."""
    _follow(ctx, event)


@listens(PersonsSeparated, access=_OF_IDENTITY)
def separate_records(ctx: RecordsContext, event: PersonsSeparated) -> None:
    """Forget it: nothing of the one was moved to the other; identity has journalled it."""
    _follow(ctx, event)


def _follow(ctx: RecordsContext, event: PersonsJoined | PersonsSeparated) -> None:
    for _followed in follow_join(ctx, joins, event):
        """Nothing of a record depends on it but what is found by it."""
