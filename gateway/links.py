"""Links of the OpenAPI description: which operation may follow an answer, and what of the answer it needs."""

from dataclasses import dataclass

from litestar.openapi.spec import Link, OpenAPIResponse, Operation

Parameters = dict[str, str]
"""Parameter -> runtime expression (OpenAPI 3.1)."""

_RECORD: Parameters = {"patient_id": "$request.path.patient_id"}
_OPENED: Parameters = {"patient_id": "$response.body#/patient_id"}
_FOUND: Parameters = {"patient_id": "$response.body#/record/patient_id"}
_MINE: Parameters = {"patient_id": "$response.body#/records/0/patient_id"}
_ATTEMPT: Parameters = {"attempt": "$response.body#/attempt"}
_DOCUMENT: Parameters = {**_RECORD, "document_id": "$request.path.document_id"}
_DEPOSITED: Parameters = {**_RECORD, "document_id": "$response.body#/document_id"}
_LISTED: Parameters = {**_RECORD, "document_id": "$response.body#/documents/0/document_id"}
_RPPS: Parameters = {**_RECORD, "rpps": "$request.path.rpps"}
_REPRESENTATIVE: Parameters = {**_RECORD, "representative": "$response.body#/representative"}

_OF_RECORD = "DmpRecordsPatientId"
_OF_DOCUMENT = f"{_OF_RECORD}DocumentsDocumentId"
_READS_DOCUMENT = (
    f"{_OF_DOCUMENT}GetDocument",
    f"{_OF_DOCUMENT}ContentGetReadContent",
    f"{_OF_DOCUMENT}PageReadPage",
    f"{_OF_DOCUMENT}FactsReadFacts",
)
_LIST_DOCUMENTS = f"{_OF_RECORD}DocumentsListDocuments"
_DEPOSIT = f"{_OF_RECORD}DocumentsDepositDocument"
_ARCHIVE = f"{_OF_DOCUMENT}ArchiveArchiveDocument"

LINKS: dict[str, dict[str, Parameters]] = {
    "AccountsActivateAccount": {"AccountsAttemptCodeConfirmAccount": _ATTEMPT},
    "SessionsStartLogin": {"SessionsAttemptCodeFinishLogin": _ATTEMPT},
    "AccountsRecoveryRecoverAccount": {
        "AccountsRecoveryAttemptMeansReviewRecovery": _ATTEMPT,
        "AccountsRecoveryAttemptCodeFinishRecovery": _ATTEMPT,
    },
    "SessionsPasskeyBeginPasskeyLogin": {"SessionsPasskeyAttemptFinishPasskeyLogin": _ATTEMPT},
    "MePasskeysBeginPasskey": {"MePasskeysConfirmPasskey": {"passkey": "$response.body#/attempt"}},
    "MePasskeysListPasskeys": {"MePasskeysRemovePasskey": {"passkey": "$response.body#/passkeys/0/passkey"}},
    "MeContactChangeContact": {"MeContactAttemptCodeConfirmContact": _ATTEMPT},
    "MeSessionsListSessions": {
        "MeDevicesDeviceIdForgetDevice": {"device_id": "$response.body#/devices/0/device_id"},
        "MeSessionsSessionIdEndSession": {"session_id": "$response.body#/sessions/1/session_id"},
    },
    "JournalHeadsListHeads": {
        "JournalHeadsSizeHeadOf": {"size": "$response.body#/heads/0/size"},
        "JournalConsistencyProveConsistency": {
            "first": "$response.body#/heads/1/size",
            "second": "$response.body#/heads/0/size",
        },
    },
    "DmpRecordsOpenRecord": {f"{_OF_RECORD}AuthorisationsDeclareAuthorisation": _OPENED, _DEPOSIT: _OPENED},
    "DmpRecordsSearchFindRecord": {_LIST_DOCUMENTS: _FOUND, _DEPOSIT: _FOUND},
    "DmpRecordsListMyRecords": {_LIST_DOCUMENTS: _MINE, f"{_OF_RECORD}FactsReadAllFacts": _MINE},
    f"{_OF_RECORD}EmergenciesOpenEmergency": {_LIST_DOCUMENTS: {**_RECORD, "mode": "$request.body#/mode"}},
    _LIST_DOCUMENTS: dict.fromkeys(_READS_DOCUMENT, _LISTED)
    | {_LIST_DOCUMENTS: {**_RECORD, "cursor": "$response.body#/next"}},
    _DEPOSIT: dict.fromkeys((*_READS_DOCUMENT, _ARCHIVE, f"{_OF_DOCUMENT}DeleteDocument"), _DEPOSITED),
    _ARCHIVE: {f"{_OF_DOCUMENT}ArchiveRestoreDocument": _DOCUMENT, f"{_OF_DOCUMENT}GetDocument": _DOCUMENT},
    f"{_OF_RECORD}FoldersFolderIdSaveFolder": {
        f"{_OF_RECORD}FoldersFolderIdDeleteFolder": {**_RECORD, "folder_id": "$request.path.folder_id"},
        f"{_OF_RECORD}FoldersListFolders": _RECORD,
    },
    f"{_OF_RECORD}AuthorisationsRppsGiveAuthorisation": {f"{_OF_RECORD}AuthorisationsRppsEndAuthorisation": _RPPS},
    f"{_OF_RECORD}CareTeamsFinessGiveTeamAuthorisation": {
        f"{_OF_RECORD}CareTeamsFinessEndTeamAuthorisation": {**_RECORD, "finess": "$request.path.finess"}
    },
    f"{_OF_RECORD}MedecinsTraitantsRppsNameMedecinTraitant": {
        f"{_OF_RECORD}MedecinsTraitantsRppsDismissMedecinTraitant": _RPPS
    },
    f"{_OF_RECORD}BlockedRppsBlockProfessional": {f"{_OF_RECORD}BlockedRppsUnblockProfessional": _RPPS},
    f"{_OF_RECORD}OppositionsModeOpposeEmergency": {
        f"{_OF_RECORD}OppositionsModeLiftOpposition": {**_RECORD, "mode": "$request.path.mode"}
    },
    f"{_OF_RECORD}CarersInviteCarer": {
        f"{_OF_RECORD}InvitationsInvitationIdWithdrawInvitation": {
            **_RECORD,
            "invitation_id": "$response.body#/invitation_id",
        },
        f"{_OF_RECORD}CarersListCarers": _RECORD,
    },
    f"{_OF_RECORD}RepresentativesNameRepresentative": {
        f"{_OF_RECORD}RepresentativesConfirmationConfirmRepresentation": _REPRESENTATIVE,
        f"{_OF_RECORD}RepresentativesWithdrawalWithdrawRepresentation": _REPRESENTATIVE,
    },
    f"{_OF_RECORD}ClosingCloseRecord": {f"{_OF_RECORD}ReopeningReopenRecord": _RECORD},
    "OperatorRecordsPatientIdSuspensionSuspendRecord": {"OperatorRecordsPatientIdSuspensionResumeRecord": _RECORD},
    "OperatorSoftwareListSoftware": {
        "OperatorSoftwareQuotaSetQuota": {"software": "$response.body#/software/0/number"},
        "OperatorSoftwareSuspensionSuspendSoftware": {"software": "$response.body#/software/0/number"},
    },
    "OperatorAppsListClients": {
        "OperatorAppsSuspensionSuspendClient": {"app": "$response.body#/clients/0/client_id"}
    },
}
"""operationId -> the operations that its success leads to -> their parameters."""


@dataclass
class LinkedOperation(Operation):
    """An operation with its links, at each success."""

    def __post_init__(self) -> None:
        links = LINKS.get(self.operation_id or "", {})
        for status, response in (self.responses or {}).items():
            if links and status.startswith("2") and isinstance(response, OpenAPIResponse):
                response.links = {
                    target: Link(operation_id=target, parameters=dict(parameters))
                    for target, parameters in links.items()
                }
