"""Results over time: what documents say in numbers, the newest value first, with the range of the laboratory."""

from litestar import Response, get

from contracts.records.documents import OpenClinicalData
from contracts.vocabulary import PatientId
from gateway.api.clinical_data import read_clinical_data
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.languages import language_of
from gateway.portal.patient.profiles import profile_of
from gateway.portal.patient.record_view import RECORD, record_page
from gateway.portal.routes import PATIENT_PAGE
from gateway.portal.trends_shown import shown_trends


@get(f"{RECORD}/resultats", opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_results(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """The trends of all documents. It is a reading."""
    record = PatientId(patient_id)
    await profile_of(request, record)
    data = await read_clinical_data(request, OpenClinicalData(patient_id=record))
    return record_page(request, record, "patient/results", shown=shown_trends(data, language_of(request)))


ROUTES = [show_results]
