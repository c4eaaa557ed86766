"""Client of the platform's operator."""

from typing import Any

import requests

from client.api_client import ApiClient
from client.connection import Id
from client.errors import ApiError
from contracts.audit import ActAttested, AttestAct, EraseIdentity, IdentityErased, JournalSearchPage, SearchJournal
from contracts.consent.matrices import LoadMatrix, Matrices, MatrixDiff, MatrixVersion, WithdrawMatrix
from contracts.errors.execution import SecondSignatureAwaited
from contracts.identity.apps import Client, Clients, RegisterClient, Software, SoftwareList
from contracts.identity.logins import AccountLock, SessionsEnded
from contracts.identity.suspensions import ProfessionalAccess
from contracts.records.filing import FilingDiff, FilingShown, LoadFiling
from contracts.records.lifecycle import RecordDetails
from contracts.vocabulary import Act, PatientId, Role

_APPS, _SOFTWARE, _MATRICES, _FILING = (f"/operator/{name}" for name in ("apps", "software", "matrices", "filing"))


class OperatorClient(ApiClient):
    """Client with an operator's token.

    A dangerous request raises ApiError with the code of SecondSignatureAwaited until another operator has sent the
    same; given a second operator's token, the client sends it in their name too.
    """

    def __init__(self, gateway: str, token: str, second: str = "") -> None:
        super().__init__(gateway, token)
        self._second = OperatorClient(gateway, second) if second else None

    def _request(self, method: str, path: str, body: object = None, **options: Any) -> requests.Response:
        try:
            return super()._request(method, path, body, **options)
        except ApiError as error:
            if self._second is None or error.code != SecondSignatureAwaited.code:
                raise
            return self._second._request(method, path, body, **options)

    def registered_apps(self) -> tuple[Client, ...]:
        return self._get(_APPS, Clients).clients

    def register_app(self, app: RegisterClient) -> Client:
        """Register an app, or change what is registered of it."""
        return self._send("POST", _APPS, Client, app)

    def suspend_app(self, client_id: str, *, suspended: bool) -> Client:
        """Suspend or resume an app."""
        return self._send("PUT", f"{_APPS}/{client_id}/suspension", Client, {"suspended": suspended})

    def software(self) -> tuple[Software, ...]:
        """The homologated business software."""
        return self._get(_SOFTWARE, SoftwareList).software

    def suspend_software(self, number: str, *, suspended: bool) -> Software:
        """Suspend or resume a software."""
        return self._send("PUT", f"{_SOFTWARE}/{number}/suspension", Software, {"suspended": suspended})

    def set_quota(self, number: str, quota: int) -> Software:
        """Limit a structure's requests a minute with a software; 0: no limit."""
        return self._send("PUT", f"{_SOFTWARE}/{number}/quota", Software, {"quota": quota})

    def lock_account(self, patient_id: Id, *, locked: bool) -> AccountLock:
        """Lock or unlock a patient's account."""
        return self._send("PUT", f"/operator/records/{patient_id}/account/lock", AccountLock, {"locked": locked})

    def end_sessions_of(self, role: Role, subject: str) -> int:
        """End every session of a person, by RPPS number or patient id; returns how many."""
        body = {"role": role, "subject": subject}
        return self._send("POST", "/operator/sessions/ending", SessionsEnded, body).count

    def suspend_professional(self, rpps: str, cause: str, *, suspended: bool) -> ProfessionalAccess:
        """Suspend a professional on a cause of SuspensionCause, or lift it."""
        path = f"/operator/professionals/{rpps}/suspensions/{cause}"
        return self._send("PUT", path, ProfessionalAccess, {"suspended": suspended})

    def suspend_record(self, patient_id: Id) -> RecordDetails:
        """Suspend a record on suspicion of fraud."""
        return self._send("PUT", f"/operator/records/{patient_id}/suspension", RecordDetails)

    def resume_record(self, patient_id: Id) -> RecordDetails:
        """Lift the suspension of a record."""
        return self._send("DELETE", f"/operator/records/{patient_id}/suspension", RecordDetails)

    def matrices(self) -> tuple[MatrixVersion, ...]:
        """The versions of the matrix of professions and types."""
        return self._get(_MATRICES, Matrices).versions

    def load_matrix(self, text: str, *, load: bool) -> MatrixDiff:
        """What a version would change; `load`: change it."""
        return self._send("POST", _MATRICES, MatrixDiff, LoadMatrix(text=text, load=load))

    def withdraw_matrix(self, version: str, *, withdraw: bool) -> MatrixDiff:
        """What changes without a loaded version; `withdraw`: withdraw it."""
        message = WithdrawMatrix(version=version, withdraw=withdraw)
        return self._send("POST", f"{_MATRICES}/withdrawals", MatrixDiff, message)

    def filing_plan(self) -> FilingShown:
        return self._get(_FILING, FilingShown)

    def load_filing_plan(self, text: str, *, load: bool) -> FilingDiff:
        """What a plan would change; `load`: change it."""
        return self._send("POST", _FILING, FilingDiff, LoadFiling(text=text, load=load))

    def search_journal(self, search: SearchJournal) -> JournalSearchPage:
        return self._send("POST", "/operator/journal/search", JournalSearchPage, search)

    def erase_identity(self, patient_id: PatientId) -> IdentityErased:
        """Erase the names in a patient's journal for ever."""
        message = EraseIdentity(patient_id=patient_id)
        return self._send("POST", "/operator/journal/erasures", IdentityErased, message)

    def attest_act(self, act: Act, subject: str) -> ActAttested:
        """Write in the journal what is about to be done on the host."""
        return self._send("POST", "/operator/acts", ActAttested, AttestAct(act=act, subject=subject))
