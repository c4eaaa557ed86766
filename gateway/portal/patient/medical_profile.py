"""The medical profile of a record: what its documents say of allergies, problems, treatments, vaccinations."""

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
from gateway.portal.statements import essentials_of

_DRAWINGS = {
    "allergies": "triangle-alert",
    "problems": "heart-pulse",
    "treatments": "pill",
    "vaccinations": "syringe",
}


@get(f"{RECORD}/profil", opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_medical_profile(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """Each statement with its document. It is a reading."""
    record = PatientId(patient_id)
    await profile_of(request, record)
    data = await read_clinical_data(request, OpenClinicalData(patient_id=record))
    essentials = essentials_of(data, language_of(request))
    return record_page(request, record, "patient/medical_profile", drawings=_DRAWINGS, **essentials)


ROUTES = [show_medical_profile]
