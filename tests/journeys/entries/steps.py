"""A step of the scenario: who sends which request, what is answered, and whose journal receives its entries."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from chassis.access_rules import NoEntry
from contracts.api import Method
from contracts.errors.execution import SecondAgentAwaited, SecondSignatureAwaited
from contracts.vocabulary import Act, Capacity

if TYPE_CHECKING:
    from tests.journeys.entries.run import ScenarioRun

Q = TypeVar("Q", bound=msgspec.Struct)
A = TypeVar("A", bound=msgspec.Struct)

NOBODY = "nobody"
"""Sends a request that is refused before anybody is identified."""
PLATFORM_JOURNAL = "platform"


@dataclass(frozen=True, kw_only=True)
class ScenarioStep:
    """One request and what is expected of it.

    `who`: a name of callers.py. `code`: of the refusal, empty where it is allowed. `keep`: tells apart several of one
    method. `journal_of`: names of the people whose journals receive an entry each, where the request does not say it.
    `acts`: needed where the rule declares several. `skip`: the declared reason why this request leaves no entry.
    `nested`: the method that journals it, where that is another service's. `reason`: the code in the entry, where the
    answer says less. `capacity`: in which a patient's account acted. `is_late`: sent after its deadline.
    `is_rejected`: refused before its handler runs. `before`, `then`: what happens before it, and with its answer.
    """

    method: Method[Any, Any]
    who: str
    request: Callable[["ScenarioRun"], Any]
    code: str = ""
    keep: str = ""
    journal_of: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()
    items: int = 1
    skip: NoEntry | None = None
    nested: Method[Any, Any] | None = None
    reason: str = ""
    capacity: Capacity = Capacity.SELF
    secret: bool = False
    withheld: bool = False
    is_late: bool = False
    is_rejected: bool = False
    before: Callable[["ScenarioRun"], None] | None = None
    then: Callable[["ScenarioRun", Any], None] | None = None

    def __str__(self) -> str:
        return f"{self.method.route} by {self.who}, {f'refused: {self.code}' if self.code else 'allowed'}"


def allowed(
    method: Method[Q, A],
    who: str,
    request: Callable[["ScenarioRun"], Q],
    *,
    then: Callable[["ScenarioRun", A], None] | None = None,
    **expected: Any,
) -> ScenarioStep:
    """A request that is allowed; `expected`: fields of ScenarioStep."""
    return ScenarioStep(method=method, who=who, request=request, then=then, **expected)


def by_two(step: ScenarioStep) -> tuple[ScenarioStep, ScenarioStep]:
    """A request of an operator that is allowed once another operator has sent the same."""
    first = replace(step, who="second operator", code=SecondSignatureAwaited.code, keep="first", then=None)
    return first, step


def by_two_agents(step: ScenarioStep) -> tuple[ScenarioStep, ScenarioStep]:
    """The same of an agent, whose colleague has sent the same."""
    first = replace(step, who="colleague", code=SecondAgentAwaited.code, keep="first", then=None)
    return first, step


def refused(
    code: str, method: Method[Q, A], who: str, request: Callable[["ScenarioRun"], Q], **expected: Any
) -> ScenarioStep:
    """A request that is refused with this code; `expected`: fields of ScenarioStep."""
    return ScenarioStep(method=method, who=who, request=request, code=code, **expected)
