"""Results over time, what is out of range first."""

import asyncio

from litestar import Response, get

from contracts.records.documents import OpenClinicalData
from contracts.vocabulary import PatientId
from gateway.api.clinical_data import read_clinical_data
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from gateway.portal.professional.record_view import view_of
from gateway.portal.routes import PROFESSIONAL_PAGE
from gateway.portal.trends_shown import shown_trends


@get("/pro/d/{patient_id:uuid}/courbes", opt=PROFESSIONAL_PAGE, **PAGE_ROUTE)
async def show_trends(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """A plot and a table of each analyte. It is a reading.

    No address names an analyte, since that would reveal what the patient is treated for.
    """
    view = view_of(request, PatientId(patient_id))
    data = await read_clinical_data(request, OpenClinicalData(patient_id=view.patient_id, mode=view.mode))
    return render(
        request,
        "professional/trends",
        base=view.base,
        query=view.query,
        reading=f"{view.base}/lire",
        emergency=data.emergency,
        until=view.until if data.emergency else None,
        shown=await asyncio.to_thread(shown_trends, data, language_of(request)),
    )


ROUTES = [show_trends]
