"""Somebody at the street door: business software or a patient's browser, speaking plain HTTP to the gateway."""

from typing import Any

import requests

_SECONDS = 20
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Refused(Exception):
    """The gateway said no: the HTTP status, the stable code and the French text."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(f"{status} {code}: {text}")
        self.status = status
        self.code = code
        self.text = text


class Visitor:
    """One person's requests; the token is carried once there is one."""

    def __init__(self, gateway: str) -> None:
        self.gateway = gateway
        self.token = ""
        self._session = requests.Session()

    # Coming in ---------------------------------------------------------------------------------------

    def log_in_with_card(self, assertion: str) -> dict[str, Any]:
        """A professional's software presents the CPS card's assertion."""
        form = {"grant_type": JWT_BEARER, "assertion": assertion}
        return self._carry(self._answer("POST", "/oauth/token", data=form))

    def activate(self, account: dict[str, str]) -> str:
        """First step of a patient's account; answers the attempt the code belongs to."""
        return str(self._answer("POST", "/accounts", json=account)["attempt"])

    def confirm_account(self, attempt: str, code: str) -> dict[str, Any]:
        """Second step: the code that was sent."""
        return self._carry(self._answer("POST", f"/accounts/{attempt}/code", json={"code": code}))

    def start_login(self, identifier: str, password: str, channel: str) -> str:
        """Identifier and password; answers the attempt the code belongs to."""
        wish = {"identifier": identifier, "password": password, "channel": channel}
        return str(self._answer("POST", "/sessions", json=wish)["attempt"])

    def finish_login(self, attempt: str, code: str) -> dict[str, Any]:
        """The code that was sent."""
        return self._carry(self._answer("POST", f"/sessions/{attempt}/code", json={"code": code}))

    def _carry(self, answer: dict[str, Any]) -> dict[str, Any]:
        self.token = str(answer["access_token"])
        self._session.headers["Authorization"] = f"Bearer {self.token}"
        return answer

    # Records -----------------------------------------------------------------------------------------

    def open_record(self, vitale_proof: str) -> dict[str, Any]:
        """Open a record for the person whose card is in the reader."""
        return self._answer("POST", "/dmp/records", json={"vitale_proof": vitale_proof, "consent_collected": True})

    def find_record(self, matricule: str, oid: str) -> dict[str, Any]:
        """Is there a record for this INS?"""
        return self._answer("POST", "/dmp/records/search", json={"ins": {"matricule": matricule, "oid": oid}})

    def deposit(self, patient_id: str, content: bytes, **query: str) -> dict[str, Any]:
        """Deposit one document."""
        headers = {"Content-Type": "application/xml"}
        path = f"/dmp/records/{patient_id}/documents"
        return self._answer("POST", path, data=content, headers=headers, params=query)

    def list_documents(self, patient_id: str, **query: str) -> dict[str, Any]:
        """One page of a record."""
        return self._answer("GET", f"/dmp/records/{patient_id}/documents", params=query)

    def download(self, patient_id: str, document_id: str, **query: str) -> bytes:
        """A document's bytes."""
        path = f"/dmp/records/{patient_id}/documents/{document_id}/content"
        return self._send("GET", path, params=query).content

    def set_masked(self, patient_id: str, document_id: str, masked: bool) -> dict[str, Any]:
        """Hide a document from professionals, or show it again."""
        path = f"/dmp/records/{patient_id}/documents/{document_id}"
        return self._answer("PATCH", path, json={"masque_ps": masked})

    # Consent -----------------------------------------------------------------------------------------

    def declare_consent(self, patient_id: str, vitale_proof: str) -> dict[str, Any]:
        """A professional declares the consent the patient just gave."""
        path = f"/dmp/records/{patient_id}/authorisations"
        return self._answer("POST", path, json={"vitale_proof": vitale_proof})

    def name_medecin_traitant(self, patient_id: str, rpps: str) -> None:
        """The patient names a médecin traitant."""
        self._send("PUT", f"/dmp/records/{patient_id}/medecins-traitants/{rpps}")

    def break_glass(self, patient_id: str, reason: str) -> dict[str, Any]:
        """Open an emergency access."""
        wish = {"mode": "bris_de_glace", "reason": reason}
        return self._answer("POST", f"/dmp/records/{patient_id}/emergencies", json=wish)

    # What the patient reads --------------------------------------------------------------------------

    def notices(self, patient_id: str) -> list[dict[str, Any]]:
        """The patient's notices, newest first."""
        answer = self._answer("GET", f"/dmp/records/{patient_id}/notices", params={"count": "100"})
        notices: list[dict[str, Any]] = answer["notices"]
        return notices

    def journal(self, patient_id: str) -> list[dict[str, Any]]:
        """The patient's journal, newest first."""
        answer = self._answer("GET", f"/dmp/records/{patient_id}/journal", params={"count": "100"})
        lines: list[dict[str, Any]] = answer["lines"]
        return lines

    # The wire ----------------------------------------------------------------------------------------

    def _answer(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        body: dict[str, Any] = self._send(method, path, **options).json()
        return body

    def _send(self, method: str, path: str, **options: Any) -> requests.Response:
        response = self._session.request(method, self.gateway + path, timeout=_SECONDS, **options)
        if not response.ok:
            problem = response.json()
            raise Refused(response.status_code, problem["code"], problem["fr"])
        return response
