"""The essentials of a record, for a professional."""

from litestar import Response, get

from contracts.records.documents import OpenClinicalData
from contracts.vocabulary import PatientId
from gateway.api.clinical_data import read_clinical_data
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.languages import language_of
from gateway.portal.pages import is_part, render
from gateway.portal.professional.record_view import view_of
from gateway.portal.routes import PROFESSIONAL_PAGE
from gateway.portal.statements import essentials_of


@get("/pro/d/{patient_id:uuid}/essentiel", opt=PROFESSIONAL_PAGE, **PAGE_ROUTE)
async def show_summary(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """The essentials; beside the list of documents, only the part of the page that shows them. It is a reading."""
    view, language = view_of(request, PatientId(patient_id)), language_of(request)
    data = await read_clinical_data(request, OpenClinicalData(patient_id=view.patient_id, mode=view.mode))
    return render(
        request,
        "professional/essentials" if is_part(request) else "professional/summary",
        base=view.base,
        query=view.query,
        emergency=data.emergency,
        until=view.until if data.emergency else None,
        **essentials_of(data, language),
    )


ROUTES = [show_summary]
