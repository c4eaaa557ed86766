"""The FHIR R4 door: documents shared as IHE MHD and the French PDSm describe it."""
