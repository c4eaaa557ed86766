"""The FHIR R4 API: document sharing by IHE MHD and the French profile PDSm."""
