"""Acts that operators do on the host, outside the services: attested by two of them before they are done."""

from chassis.access_rules import NoQuestion, unasked
from chassis.handlers import handles
from contracts.audit import ActAttested, AttestAct, Audit
from contracts.vocabulary import Act
from services.audit.context import AuditContext
from services.audit.domain.checks import check_attested


@handles(
    Audit.attest_act,
    access=unasked(NoQuestion.OPERATOR, Act.SUPPRESSION_MESSAGE, Act.ROTATION_CLES, Act.RUPTURE_JOURNAL, fields=()),
)
def attest_act(ctx: AuditContext, request: AttestAct) -> ActAttested:
    """Write in the journal what is about to be done.

    Raises:
        InvalidRequest: another act, or no subject.
    """
    ctx.access.reason = "operateur"
    check_attested(request)
    ctx.access.act, ctx.access.about = request.act, request.subject
    return ActAttested()
