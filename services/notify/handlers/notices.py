"""Events that cause notices, each written with its deliveries in the transaction that takes the event."""

from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.handlers import ReceivedEvent, listens_to_bundle
from contracts.envelope import PatientEvent
from services.notify.context import NotifyContext
from services.notify.domain.notices import NOTICES, drafts_of, hastens_deliveries


@listens_to_bundle(*(rule.event for rule in NOTICES), access=unjournalled(NoEntry.SENDER, NoQuestion.SENDER))
def notify(ctx: NotifyContext, events: tuple[ReceivedEvent[PatientEvent], ...]) -> None:
    drafts = [(draft, received.at) for received in events for draft in drafts_of(received.event)]
    if drafts:
        ctx.notices.write(drafts, ctx.now, ctx.digest_window)
    for received in events:
        if hastens_deliveries(received.event):
            ctx.notices.hasten(received.event.patient_id, ctx.now)
