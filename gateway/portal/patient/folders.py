"""A patient's folders: renamed, deleted. They are made where a document is arranged."""

from litestar import post
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.records.api import Records
from contracts.records.folders import AboutFolder, SaveFolder
from contracts.vocabulary import PatientId
from gateway.api.folders import FolderInPath
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.forms import form_of, single_value
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.patient.acts_done import DONE
from gateway.portal.patient.list_view import FOLDER
from gateway.portal.patient.record_view import RECORD, base_of
from gateway.portal.routes import PATIENT_FORM

_PATH = f"{RECORD}/classeurs/{{folder_id:uuid}}"


@post(_PATH, opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def rename_folder(request: ApiRequest, patient_id: PatientInPath, folder_id: FolderInPath) -> Redirect:
    """Give it another name."""
    name = single_value(await form_of(request), "name").replace("\0", "")
    await request.call(
        Records.save_folder, SaveFolder(patient_id=PatientId(patient_id), folder_id=folder_id, name=name)
    )
    path = f"{base_of(PatientId(patient_id))}/documents?{FOLDER}={folder_id}&{DONE}=classeur"
    return Redirect(path, status_code=HTTP_303_SEE_OTHER)


@post(f"{_PATH}/suppression", opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def delete_folder(request: ApiRequest, patient_id: PatientInPath, folder_id: FolderInPath) -> Redirect:
    """Delete it; its documents stay in the record."""
    await request.call(Records.delete_folder, AboutFolder(patient_id=PatientId(patient_id), folder_id=folder_id))
    path = f"{base_of(PatientId(patient_id))}/documents?{DONE}=sans-classeur"
    return Redirect(path, status_code=HTTP_303_SEE_OTHER)


ROUTES = [rename_folder, delete_folder]
