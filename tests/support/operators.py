"""Two operators at the command line: what one alone may not do, the other does too."""

from collections.abc import Mapping
from typing import Any

from typer.testing import CliRunner, Result

from chassis.tokens import issuer_of_operator
from cli.stack import SECOND_SIGNATURE_AWAITED
from deploy.dev.keys import OPERATORS, Keys

SECOND, FIRST = OPERATORS


class TwoOperators(CliRunner):
    """Runs commands as the operator on call, and again as the other where a second signature is awaited."""

    def __init__(self, keys: Keys) -> None:
        super().__init__()
        self._keys = keys

    def invoke(self, app: Any, args: Any = None, *, env: Mapping[str, str] | None = None, **options: Any) -> Result:  # type: ignore[override]
        """The result of the last call."""
        done = self.invoke_as(FIRST, app, args, env=env, **options)
        if done.exit_code != SECOND_SIGNATURE_AWAITED:
            return done
        return self.invoke_as(SECOND, app, args, env=env, **options)

    def invoke_as(
        self, login: str, app: Any, args: Any, *, env: Mapping[str, str] | None = None, **options: Any
    ) -> Result:
        """The result of one operator's call."""
        key = {"CARNET_OPERATOR_KEY": str(self._keys.signing(issuer_of_operator(login)))}
        return super().invoke(app, args, env={**key, **(env or {})}, **options)
