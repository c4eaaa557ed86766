"""Third-party clients of the FHIR API, each searching through its own interface."""

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests
from fhirclient.client import FHIRClient as SmartPy
from fhirclient.models import auditevent, consent, documentreference, patient
from fhirclient.models import list as fhir_list
from fhirclient.models.fhirsearch import FHIRSearch
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome
from fhirpy.base.searchset import Raw

from deploy.dev.bootstrap import PEERS
from tests.support.public_searches import Search

_PEERS = Path(__file__).parent / "peers"
_SECONDS = 120
SMART_PY_TYPES = {
    model.resource_type: model
    for model in (
        auditevent.AuditEvent,
        consent.Consent,
        documentreference.DocumentReference,
        fhir_list.List,
        patient.Patient,
    )
}


@contextmanager
def node(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a script of `peers` during the block."""
    command = ("node", str(_PEERS / script), str(PEERS), *arguments)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait(_SECONDS)


def read_output_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def send_line(process: subprocess.Popen[str], line: str) -> None:
    """Write a line to the standard input of a script."""
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def read_json_line(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The next line, which is JSON."""
    found: dict[str, Any] = json.loads(read_output_line(process))
    return found


def run_node(script: str, job: dict[str, Any]) -> list[dict[str, Any]]:
    """What a script of `peers` prints for a job."""
    command = ("node", str(_PEERS / script), str(PEERS))
    sent = json.dumps(job) + "\n"
    done = subprocess.run(command, input=sent, capture_output=True, text=True, timeout=_SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    results: list[dict[str, Any]] = json.loads(done.stdout)
    return results


class NodeClient:
    """A client for Node.js with a token; `script` runs its calls in one process."""

    def __init__(self, script: str, base: str, token: str, patient: str = "") -> None:
        self._script = script
        self._job = {"base": base, "token": token, "patient": patient}

    def run(self, *calls: dict[str, Any]) -> list[dict[str, Any]]:
        """The result of each call: `result`, or `status` and `outcome` of an error."""
        return run_node(self._script, self._job | {"calls": calls})

    def results(self, *calls: dict[str, Any]) -> list[Any]:
        """As `run`, where no call fails."""
        answers = self.run(*calls)
        assert [answer for answer in answers if "result" not in answer] == []
        return [answer["result"] for answer in answers]


def fhir_kit(base: str, token: str) -> NodeClient:
    """Npm fhir-kit-client."""
    return NodeClient("fhir_kit.mjs", base, token)


def smart_js(base: str, token: str, patient: str = "") -> NodeClient:
    """Npm fhirclient."""
    return NodeClient("smart_calls.js", base, token, patient)


def smart_py(base: str, token: str) -> SmartPy:
    """PyPI fhirclient, as it is after a login."""
    auth = {"app_id": "carnet", "access_token": token}
    server = {"base_uri": f"{base}/", "auth_type": "oauth2", "auth": auth}
    return SmartPy(state={"app_id": "carnet", "server": server})


def fhirpy(base: str, token: str, **headers: str) -> SyncFHIRClient:
    """PyPI fhirpy."""
    return SyncFHIRClient(base, authorization=f"Bearer {token}", extra_headers=headers)


Found = frozenset[str]
"""Results of one search as `Type/id`; of a refused one, its status."""


def _by_fhir_kit(base: str, token: str, searches: Sequence[Search], *, form: bool = False) -> list[Found]:
    sent = [{"resourceType": each.type, "searchParams": _grouped(each), "form": form} for each in searches]
    (found,) = fhir_kit(base, token).results({"method": "searches", "searches": sent})
    return [frozenset(names) for names in found]


def _by_fhir_kit_forms(base: str, token: str, searches: Sequence[Search]) -> list[Found]:
    return _by_fhir_kit(base, token, searches, form=True)


def _by_smart_js(base: str, token: str, searches: Sequence[Search]) -> list[Found]:
    sent = [{"resourceType": each.type, "pairs": each.pairs} for each in searches]
    (found,) = smart_js(base, token).results({"method": "searches", "searches": sent})
    return [frozenset(names) for names in found]


def _by_smart_py(base: str, token: str, searches: Sequence[Search]) -> list[Found]:
    server = smart_py(base, token).server

    def found(search: Search) -> Found:
        conditions = {name: {"$and": values} for name, values in _grouped(search).items()}
        wanted = FHIRSearch(SMART_PY_TYPES[search.type], conditions)
        try:
            return frozenset(f"{each.resource_type}/{each.id}" for each in wanted.perform_resources_iter(server))
        except requests.HTTPError as refused:
            return frozenset({str(refused.response.status_code)})

    return [found(search) for search in searches]


def _by_fhirpy(base: str, token: str, searches: Sequence[Search]) -> list[Found]:
    client = fhirpy(base, token)

    def found(search: Search) -> Found:
        try:
            resources = client.resources(search.type).search(Raw(**_grouped(search))).fetch_all()
        except OperationOutcome as refused:
            return frozenset({refused.resource["issue"][0]["code"]})
        return frozenset(each.reference for each in resources)

    return [found(search) for search in searches]


def _grouped(search: Search) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in search.pairs:
        values.setdefault(name, []).append(value)
    return values


@dataclass(frozen=True)
class Query:
    """One search whose Bundle is wanted as it is answered."""

    type: str
    conditions: Mapping[str, str]


def _bundles_by_fhir_kit(base: str, token: str, queries: Sequence[Query]) -> list[Any]:
    calls = [{"method": "search", "resourceType": each.type, "searchParams": each.conditions} for each in queries]
    return fhir_kit(base, token).results(*calls)


def _bundles_by_smart_js(base: str, token: str, queries: Sequence[Query]) -> list[Any]:
    urls = [f"{each.type}?{urlencode(each.conditions)}" for each in queries]
    return smart_js(base, token).results(*({"method": "search", "url": url} for url in urls))


def _bundles_by_smart_py(base: str, token: str, queries: Sequence[Query]) -> list[Any]:
    server = smart_py(base, token).server
    searches = [FHIRSearch(SMART_PY_TYPES[each.type], dict(each.conditions)) for each in queries]
    return [next(search.perform_iter(server)).as_json() for search in searches]


def _bundles_by_fhirpy(base: str, token: str, queries: Sequence[Query]) -> list[Any]:
    client = fhirpy(base, token)
    return [client.resources(each.type).search(Raw(**each.conditions)).fetch_raw() for each in queries]


BUNDLES: dict[str, Callable[[str, str, Sequence[Query]], list[Any]]] = {
    "fhir-kit-client": _bundles_by_fhir_kit,
    "SMART-JS": _bundles_by_smart_js,
    "fhirclient": _bundles_by_smart_py,
    "fhirpy": _bundles_by_fhirpy,
}
"""Each gives the Bundles of all queries."""
SEARCHERS: dict[str, Callable[[str, str, Sequence[Search]], list[Found]]] = {
    "fhir-kit-client": _by_fhir_kit,
    "fhir-kit-client by form": _by_fhir_kit_forms,
    "SMART-JS": _by_smart_js,
    "fhirclient": _by_smart_py,
    "fhirpy": _by_fhirpy,
}
"""Each finds the results of all searches; on all pages, or on the first where there is but one."""
