"""`python -m bench.login`: what a login and a token check cost, and what their time tells a stranger."""

import json
import os
import random
import statistics
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from time import perf_counter, sleep, time
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

import pyotp
from argon2 import PasswordHasher
from joserfc.jwk import OKPKey
from rich.console import Console
from rich.table import Table

from chassis.tokens import Keyring, Signer, sign_actor
from cli.demo.client import ApiClient
from cli.demo.people import DemoPeople, stranger
from contracts.envelope import Actor
from contracts.vocabulary import Role
from deploy.dev.outside import outside_from
from deploy.dev.paths import CHECKOUT
from deploy.dev.people import PATIENTS, Login
from deploy.dev.stack import Stack

P = ParamSpec("P")
T = TypeVar("T")

_PORT = 30_000
_ACCOUNTS = 48
_WARMING = 12
"""Logins of others before the first that is measured."""
_GUESSED_AT, _GUESSES = 24, 4
"""Accounts, and guesses at each; one more and it would wait."""
_STEP_SECONDS = 30
"""Of TOTP: a code that was shown is good for no longer."""
_CHECKS = 2_000
_ASKED = 150
_BUSY_CLIENTS = 4
_RESAMPLED = 2_000


class LoginClient:
    """A client that costs next to nothing, on one connection that stays open."""

    def __init__(self, gateway: str) -> None:
        place = urlsplit(gateway)
        self._connection = HTTPConnection(place.hostname or "", place.port)

    def post(self, path: str, **body: object) -> dict[str, Any]:
        """Ask, and read the answer."""
        self._connection.request("POST", path, json.dumps(body), {"content-type": "application/json"})
        answer = self._connection.getresponse()
        said: dict[str, Any] = json.loads(answer.read())
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise RuntimeError(f"HTTP {answer.status} {said.get('code')}: what was measured is not the work")
        return said


def main() -> None:
    """Measure, print."""
    os.environ["CARNET_LOGINS_PER_ADDRESS"] = "1000000"
    os.environ["CARNET_STRANGERS_A_MINUTE"] = "0"
    table = Table("what", "p50 ms", "promise", "kept", title="logging in")
    with Stack(CHECKOUT / "var" / "bench", _PORT, outside_from(os.environ)) as stack:
        demo = DemoPeople(stack.addresses.url("gateway"), stack.addresses.url("mailbox"), stack.layout.cards)
        logins = [_account(demo) for _ in range(_ACCOUNTS + _WARMING)]
        # The codes that proved the apps are used up.
        sleep(_STEP_SECONDS)
        _tell_checks(table)
        _tell_logins(table, demo, logins)
        _tell_strangers(table, demo, logins)
        _tell_others(table, demo, logins[0][0])
    Console(width=130).print(table)


def _account(demo: DemoPeople) -> tuple[Login, pyotp.TOTP]:
    patient, login = stranger(PATIENTS[0])
    card = demo.card_for(patient)
    demo.logged_in("pharmacist").open_record(demo.vitale_proof(card))
    client = ApiClient(demo.gateway)
    attempt = client.activate(demo.account_form(card, login, "email"))
    client.confirm_account(attempt, demo.code_sent_to(login.email, after=0))
    codes = pyotp.TOTP(client.add_authenticator())
    client.confirm_authenticator(codes.now())
    return login, codes


def _tell_checks(table: Table) -> None:
    """A token that is seen for the first time, and one that was checked before."""
    key = OKPKey.generate_key("Ed25519", {"kid": "identity"})
    keyring, signer = Keyring("identity", {"identity": key}), Signer(key, "identity")
    tokens = [sign_actor(signer, Actor(role=Role.PATIENT, subject=str(n)), seconds=600) for n in range(_CHECKS)]
    for name in ("token check, first", "token check, again"):
        took = _p50(tokens, lambda token: keyring.actor(token, now=time()))
        table.add_row(name, f"{took:.3f}", "<= 0.2 ms", "yes" if took <= 0.2 else "NO")


def _tell_logins(table: Table, demo: DemoPeople, logins: list[tuple[Login, pyotp.TOTP]]) -> None:
    """Both steps, by the authenticator app, so that no provider is waited for.

    A hash by itself is timed right before each login and taken from it, so that what else the machine does meanwhile
    hits both.
    """
    line, hasher = LoginClient(demo.gateway), PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
    encoded = {one.password: hasher.hash(one.password) for one, _ in logins}
    rows: list[tuple[float, float, float]] = []
    for login, codes in logins:
        known = {"identifier": login.identifier, "password": login.password}
        argon, _ = _took(hasher.verify, encoded[login.password], login.password)
        started, said = _took(line.post, "/sessions", **known, channel="email", send=False)
        # An app's code is good for as long as it is shown.
        code = codes.now()
        finished, _ = _took(line.post, f"/sessions/{said['attempt']}/code", code=code)
        rows.append((argon, started, finished))
    measured = rows[_WARMING:]
    names = ("Argon2id, by itself", "login, first step", "login, second step")
    for name, took in zip(names, zip(*measured, strict=True), strict=True):
        table.add_row(name, f"{statistics.median(took):.1f}", "", "")
    rest = statistics.median(started + finished - argon for argon, started, finished in measured)
    table.add_row("login without Argon2id", f"{rest:.1f}", "<= 15 ms", "yes" if rest <= 15 else "NO")


def _tell_strangers(table: Table, demo: DemoPeople, logins: list[tuple[Login, pyotp.TOTP]]) -> None:
    """A wrong password for an identifier that exists, and for one that does not, in turn."""

    def guess(identifier: str) -> float:
        started = perf_counter()
        ApiClient(demo.gateway).start_login(identifier, "une phrase devinée", "email", send=False)
        return (perf_counter() - started) * 1000

    known, unknown = [], []
    for number in range(_GUESSES):
        for login, _ in logins[:_GUESSED_AT]:
            known.append(guess(login.identifier))
            unknown.append(guess(f"x{number}{login.identifier}"))
    low, high = _difference(known, unknown)
    table.add_row("wrong password, known identifier", f"{statistics.median(known):.1f}", "", "")
    table.add_row("wrong password, unknown identifier", f"{statistics.median(unknown):.1f}", "", "")
    told = "yes" if low <= 0 <= high else "NO"
    table.add_row("their difference (95 %)", f"{low:+.1f} .. {high:+.1f}", "holds 0", told)


def _tell_others(table: Table, demo: DemoPeople, login: Login) -> None:
    """What somebody else waits for meanwhile."""
    client = ApiClient(demo.gateway)
    attempt = client.start_login(login.identifier, login.password, "email")
    client.finish_login(attempt, demo.code_sent_to(login.email, after=1))
    quiet = _p50(range(_ASKED), lambda _: client.contact())
    with _logging_in(demo):
        busy = _p50(range(_ASKED), lambda _: client.contact())
    table.add_row("another question to identity, quiet", f"{quiet:.1f}", "", "")
    table.add_row(f"the same while {_BUSY_CLIENTS} clients log in without pause", f"{busy:.1f}", "", "")


@contextmanager
def _logging_in(demo: DemoPeople) -> Iterator[None]:
    done = threading.Event()

    def go_on(number: int) -> None:
        client, count = ApiClient(demo.gateway), 0
        while not done.is_set():
            count += 1
            client.start_login(f"personne-{number}-{count}", "une phrase devinée", "email", send=False)

    threads = [threading.Thread(target=go_on, args=(number,)) for number in range(_BUSY_CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join()


def _difference(one: list[float], other: list[float]) -> tuple[float, float]:
    """Where the difference of the medians lies, by resampling."""
    chance = random.Random(1)
    found = sorted(
        statistics.median(chance.choices(one, k=len(one))) - statistics.median(chance.choices(other, k=len(other)))
        for _ in range(_RESAMPLED)
    )
    return found[_RESAMPLED // 40], found[-_RESAMPLED // 40]


def _took(do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> tuple[float, T]:
    """Milliseconds, and what came of it."""
    started = perf_counter()
    found = do(*args, **kwargs)
    return (perf_counter() - started) * 1000, found


def _p50(things: Iterable[T], do: Callable[[T], object]) -> float:
    """Milliseconds."""
    times = []
    for thing in things:
        times.append(_took(do, thing)[0])
    return statistics.median(times)


if __name__ == "__main__":
    main()
