"""The notices of a record, newest first; those that its reader sees for the first time are marked."""

from dataclasses import dataclass

from litestar import Response, get
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.notify import TO_PROFESSIONALS_ONLY, ListNotices, MarkSeen, Notice, NoticeCode, Notify
from contracts.vocabulary import PatientId
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.languages import language_of
from gateway.portal.patient.account_view import ACCOUNT, own_record
from gateway.portal.patient.record_view import RECORD, base_of, record_page
from gateway.portal.routes import PATIENT_PAGE, PATIENT_SITE
from translations.catalogue import catalogue

_COUNT = 20
_BEFORE = "avant"
_TITLES = catalogue("notices").of_codes(
    "holder.{}.title", [code for code in NoticeCode if code not in TO_PROFESSIONALS_ONLY]
)
_DOCUMENTS = {
    NoticeCode.AJOUT_DOCUMENT: "file-plus",
    NoticeCode.MODIF_DOCUMENT: "file-text",
    NoticeCode.SUPP_DOC: "trash-2",
    NoticeCode.REMISE_VISIBILITE_AUTO: "eye",
}
_ACCESSES = {
    NoticeCode.ACCES_DMP_PS: "stethoscope",
    NoticeCode.ACCES_BRIS_GLACE: "siren",
    NoticeCode.ACCES_CENTRE_15: "siren",
}
_ACCOUNT = {
    NoticeCode.COMPTE_ACTIVE: "user-check",
    NoticeCode.MOYEN_CONNEXION: "fingerprint",
    NoticeCode.MOT_DE_PASSE: "key-round",
    NoticeCode.COORDONNEES: "mail",
    NoticeCode.COMPTE_VERROUILLE: "lock",
    NoticeCode.ECHECS_CONNEXION: "triangle-alert",
}
_OTHER_ICONS = {NoticeCode.APPLICATION_AUTORISEE: "plug"}
_ICONS = _DOCUMENTS | _ACCESSES | _ACCOUNT | _OTHER_ICONS
_DEFAULT_ICON = "bell"


@dataclass(frozen=True)
class ShownNotice:
    """A notice as a row; `place`: the page where its reader sees more, or does something; empty: none."""

    notice: Notice
    title: str
    text: str
    icon: str
    place: str


@get(f"{PATIENT_SITE}/avis", opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_own_notices(request: ApiRequest) -> Redirect:
    """Those of the holder's own record."""
    return Redirect(f"{base_of(own_record(request))}/avis", status_code=HTTP_303_SEE_OTHER)


@get(f"{RECORD}/avis", opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_notices(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """A page of notices; those on the first page are seen from now on, whatever comes after stays unread."""
    record = PatientId(patient_id)
    before = request.query_params.get(_BEFORE) or None
    found = await request.call(Notify.list_notices, ListNotices(patient_id=record, count=_COUNT, before=before))
    if before is None and found.unread:
        await request.call(Notify.mark_seen, MarkSeen(patient_id=record, until=found.notices[0].id))
    language, base = language_of(request), base_of(record)
    return record_page(
        request,
        record,
        "patient/notices",
        notices=[_shown(notice, base, language) for notice in found.notices],
        older=f"{base}/avis?{_BEFORE}={found.notices[-1].id}" if len(found.notices) == _COUNT else "",
        newest=f"{base}/avis" if before else "",
        seen_now=found.unread,
    )


def _shown(notice: Notice, base: str, language: str) -> ShownNotice:
    title = _TITLES.text(notice.code, language)
    return ShownNotice(
        notice=notice,
        title=title[:1].upper() + title[1:],
        text=notice.en if language == "en" else notice.fr,
        icon=_ICONS.get(notice.code, _DEFAULT_ICON),
        place=_place(notice.code, base),
    )


def _place(code: NoticeCode, base: str) -> str:
    if code in _DOCUMENTS:
        return f"{base}/documents"
    if code in _ACCESSES:
        return f"{base}/acces"
    if code is NoticeCode.APPLICATION_AUTORISEE:
        return f"{base}/applications"
    return ACCOUNT if code in _ACCOUNT else ""


ROUTES = [show_own_notices, show_notices]
