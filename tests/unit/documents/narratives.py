"""Small CDA documents around a narrative or a wrapped file, for tests of rendering."""

import base64

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Compte rendu</title><effectiveTime value="20260302093000+0100"/>
<recordTarget><patientRole><patient><name><family qualifier="BR">NAISSANCE</family>
<family qualifier="SP">PAT-ESSAI</family><given>DOMINIQUE</given></name>
<birthTime value="19790328"/></patient></patientRole></recordTarget>
<author><assignedAuthor><assignedPerson><name><given>Anne</given><family>AUTEUR</family></name></assignedPerson>
</assignedAuthor></author><component>"""


def cda(narrative: str, *, entries: str = "") -> bytes:
    """One section with this narrative and these entries."""
    section = f"<section><title>Section</title><text>{narrative}</text><entry>{entries}</entry></section>"
    body = f"<structuredBody><component>{section}</component></structuredBody></component></ClinicalDocument>"
    return (_HEAD + body).encode()


def template(*roots: str) -> str:
    """Template ids of an entry."""
    return "".join(f'<templateId root="{root}"/>' for root in roots)


def wrapping(media_type: str, content: bytes, *, encoded: bool = True) -> bytes:
    """A document that wraps a file."""
    inner = base64.b64encode(content).decode() if encoded else content.decode()
    how = "B64" if encoded else "TXT"
    text = f"<text mediaType='{media_type}' representation='{how}'>{inner}</text>"
    return f"{_HEAD}<nonXMLBody>{text}</nonXMLBody></component></ClinicalDocument>".encode()
