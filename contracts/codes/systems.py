"""Code systems of the codes that documents have besides their type: URLs, as FHIR names them."""

CLASSES = "https://mos.esante.gouv.fr/NOS/TRE_A03-ClasseDocument/FHIR/TRE-A03-ClasseDocument"
IHE_FORMATS = "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode"
FRENCH_FORMATS = (
    "https://mos.esante.gouv.fr/NOS/TRE_A06-FormatCodeComplementaire/FHIR/TRE-A06-FormatCodeComplementaire"
)


def system_of_format(format_code: str) -> str:
    """The code system of a formatCode."""
    return IHE_FORMATS if format_code.startswith("urn:ihe:") else FRENCH_FORMATS
