"""Client of the FHIR API."""

from typing import Any

import requests

FHIR = "application/fhir+json"
_SECONDS = 30


class FhirClient:
    """FHIR requests with an access token, or without.

    Its answers are those of HTTP: resources, or an OperationOutcome with the status of the refusal.
    """

    def __init__(self, gateway: str, token: str = "") -> None:
        self._base = f"{gateway}/fhir"
        self.session = requests.Session()
        if token:
            self.session.headers["authorization"] = f"Bearer {token}"

    def send(self, verb: str, path: str, *, accept: str = FHIR, **more: Any) -> requests.Response:
        """Request a path below /fhir, or a whole URL; `more`: arguments of `requests`."""
        address = path if path.startswith("http") else f"{self._base}/{path}".removesuffix("/")
        headers = {"accept": accept, **more.pop("headers", {})}
        return self.session.request(verb, address, headers=headers, timeout=_SECONDS, **more)

    def get(self, path: str, *, accept: str = FHIR, **headers: str) -> requests.Response:
        return self.send("GET", path, accept=accept, headers=headers)

    def post(self, path: str, body: object, **headers: str) -> requests.Response:
        return self.send("POST", path, json=body, headers={"content-type": FHIR, **headers})

    def patch(self, path: str, *operations: dict[str, Any], **headers: str) -> requests.Response:
        kind = {"content-type": "application/json-patch+json"}
        return self.send("PATCH", path, json=list(operations), headers={**kind, **headers})

    def search_ids(self, path: str) -> list[str]:
        """Ids of the resources in all pages of a search."""
        ids: list[str] = []
        bundle: dict[str, Any] = self.get(path).json()
        while True:
            ids += [entry["resource"]["id"] for entry in bundle.get("entry", [])]
            following = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
            if not following:
                return ids
            bundle = self.get(following[0]).json()
