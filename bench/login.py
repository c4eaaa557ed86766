"""`python -m bench.login`: cost of logins and token checks, and timing differences between logins."""

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
from client.mailbox import Mailbox
from client.patient import PatientClient
from client.people import DemoPeople, stranger
from contracts.envelope import Actor
from contracts.vocabulary import Role
from deploy.dev.external import external_servers_from
from deploy.dev.paths import CHECKOUT
from deploy.dev.people import PATIENTS, Login
from deploy.dev.stack import Stack

P = ParamSpec("P")
T = TypeVar("T")

_PORT = 30_000
_ACCOUNTS = 48
_WARM_UP_LOGINS = 12
"""Logins of other accounts before the first measured one."""
_GUESSED_ACCOUNTS, _GUESSES = 24, 4
"""Accounts, and wrong passwords for each; one more would be delayed."""
_STEP_SECONDS = 30
"""TOTP period: a code is valid for one."""
_CHECKS = 2_000
_REQUESTS = 150
_BUSY_CLIENTS = 4
_RESAMPLED = 2_000


class LoginClient:
    """A client with little overhead, on one persistent connection."""

    def __init__(self, gateway: str) -> None:
        place = urlsplit(gateway)
        self._connection = HTTPConnection(place.hostname or "", place.port)

    def post(self, path: str, **body: object) -> dict[str, Any]:
        self._connection.request("POST", path, json.dumps(body), {"content-type": "application/json"})
        answer = self._connection.getresponse()
        reply: dict[str, Any] = json.loads(answer.read())
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise RuntimeError(f"HTTP {answer.status} {reply.get('code')}: what was measured is not the work")
        return reply


def main() -> None:
    os.environ["CARNET_LOGINS_PER_ADDRESS"] = "1000000"
    os.environ["CARNET_STRANGERS_A_MINUTE"] = "0"
    table = Table("what", "p50 ms", "promise", "kept", title="logging in")
    with Stack(CHECKOUT / "var" / "bench", _PORT, external_servers_from(os.environ)) as stack:
        demo = DemoPeople(stack.addresses.url("gateway"), Mailbox(stack.addresses.url("mailbox")), stack.layout.cards)
        logins = [_account(demo) for _ in range(_ACCOUNTS + _WARM_UP_LOGINS)]
        # A TOTP code is single use, and the current ones confirmed the apps.
        sleep(_STEP_SECONDS)
        _measure_token_checks(table)
        _measure_logins(table, demo, logins)
        _measure_guesses(table, demo, logins)
        _measure_other_requests(table, demo, logins[0][0])
    Console(width=130).print(table)


def _account(demo: DemoPeople) -> tuple[Login, pyotp.TOTP]:
    patient, login = stranger(PATIENTS[0])
    card = demo.card_for(patient)
    demo.logged_in("pharmacist").open_record(demo.vitale_proof(card))
    client = PatientClient(demo.gateway)
    attempt = client.activate(demo.account_form(card, login, "email"))
    client.confirm_account(attempt, demo.mailbox.code_sent_to(login.email, after=0))
    codes = pyotp.TOTP(client.add_authenticator())
    client.confirm_authenticator(codes.now())
    return login, codes


def _measure_token_checks(table: Table) -> None:
    """A token seen for the first time, and one that was checked before."""
    key = OKPKey.generate_key("Ed25519", {"kid": "identity"})
    keyring, signer = Keyring("identity", {"identity": [key]}), Signer(key, "identity")
    tokens = [sign_actor(signer, Actor(role=Role.PATIENT, subject=str(n)), seconds=600) for n in range(_CHECKS)]
    for name in ("token check, first", "token check, again"):
        took = _p50(tokens, lambda token: keyring.actor(token, now=time()))
        table.add_row(name, f"{took:.3f}", "<= 0.2 ms", "yes" if took <= 0.2 else "NO")


def _measure_logins(table: Table, demo: DemoPeople, logins: list[tuple[Login, pyotp.TOTP]]) -> None:
    """Both steps, with an authenticator app so that no provider is involved.

    A hash alone is timed right before each login and subtracted from it, so that other load on the machine affects
    both.
    """
    http, hasher = LoginClient(demo.gateway), PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
    encoded = {login.password: hasher.hash(login.password) for login, _ in logins}
    rows: list[tuple[float, float, float]] = []
    for login, codes in logins:
        known = {"identifier": login.identifier, "password": login.password}
        argon, _ = _timed(hasher.verify, encoded[login.password], login.password)
        started, reply = _timed(http.post, "/sessions", **known, channel="email", send=False)
        # Computed last, because it is only valid in the current TOTP period.
        code = codes.now()
        finished, _ = _timed(http.post, f"/sessions/{reply['attempt']}/code", code=code)
        rows.append((argon, started, finished))
    measured = rows[_WARM_UP_LOGINS:]
    names = ("Argon2id, by itself", "login, first step", "login, second step")
    for name, took in zip(names, zip(*measured, strict=True), strict=True):
        table.add_row(name, f"{statistics.median(took):.1f}", "", "")
    rest = statistics.median(started + finished - argon for argon, started, finished in measured)
    table.add_row("login without Argon2id", f"{rest:.1f}", "<= 15 ms", "yes" if rest <= 15 else "NO")


def _measure_guesses(table: Table, demo: DemoPeople, logins: list[tuple[Login, pyotp.TOTP]]) -> None:
    """A wrong password for an existing identifier, and for an unknown one, in turn."""

    def guess(identifier: str) -> float:
        started = perf_counter()
        PatientClient(demo.gateway).start_login(identifier, "une phrase devinée", "email", send=False)
        return (perf_counter() - started) * 1000

    known, unknown = [], []
    for number in range(_GUESSES):
        for login, _ in logins[:_GUESSED_ACCOUNTS]:
            known.append(guess(login.identifier))
            unknown.append(guess(f"x{number}{login.identifier}"))
    low, high = _difference(known, unknown)
    table.add_row("wrong password, known identifier", f"{statistics.median(known):.1f}", "", "")
    table.add_row("wrong password, unknown identifier", f"{statistics.median(unknown):.1f}", "", "")
    kept = "yes" if low <= 0 <= high else "NO"
    table.add_row("their difference (95 %)", f"{low:+.1f} .. {high:+.1f}", "holds 0", kept)


def _measure_other_requests(table: Table, demo: DemoPeople, login: Login) -> None:
    """Latency of another user's requests, without and with concurrent logins."""
    client = demo.logged_in_patient(login)
    quiet = _p50(range(_REQUESTS), lambda _: client.contact())
    with _login_load(demo):
        busy = _p50(range(_REQUESTS), lambda _: client.contact())
    table.add_row("another question to identity, quiet", f"{quiet:.1f}", "", "")
    table.add_row(f"the same while {_BUSY_CLIENTS} clients log in without pause", f"{busy:.1f}", "", "")


@contextmanager
def _login_load(demo: DemoPeople) -> Iterator[None]:
    done = threading.Event()

    def go_on(number: int) -> None:
        client, count = PatientClient(demo.gateway), 0
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


def _difference(first: list[float], second: list[float]) -> tuple[float, float]:
    """95 % interval of the difference of the medians, by bootstrap resampling."""
    rng = random.Random(1)
    found = sorted(
        statistics.median(rng.choices(first, k=len(first))) - statistics.median(rng.choices(second, k=len(second)))
        for _ in range(_RESAMPLED)
    )
    return found[_RESAMPLED // 40], found[-_RESAMPLED // 40]


def _timed(do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> tuple[float, T]:
    """Milliseconds, and the result."""
    started = perf_counter()
    found = do(*args, **kwargs)
    return (perf_counter() - started) * 1000, found


def _p50(things: Iterable[T], do: Callable[[T], object]) -> float:
    """Milliseconds."""
    times = []
    for thing in things:
        times.append(_timed(do, thing)[0])
    return statistics.median(times)


if __name__ == "__main__":
    main()
