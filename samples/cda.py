"""Sample CDA R2 documents of six kinds, and the self-presenting form of any of them."""

from datetime import datetime

from samples.body import Table, structured, wrapped
from samples.header import ACT_CODE, LOINC, TA_ASIP, HeaderValues, SampleCode, document
from samples.people import SampleAuthor, SamplePatient

_IHE = "1.3.6.1.4.1.19376.1.5.3.1.3"
_WRAPPED_FILE = ("1.3.6.1.4.1.19376.1.2.20", None)

_PROBLEMS = Table(
    "11450-4",
    "Pathologies en cours",
    (f"{_IHE}.6", "1.2.250.1.213.1.1.2.132"),
    ("Pathologie", "Depuis"),
    (("Hypertension artérielle essentielle", "2016"), ("Asthme intermittent", "1998")),
)
_ALLERGIES = Table(
    "48765-2",
    "Allergies et hypersensibilités",
    (f"{_IHE}.13", "1.2.250.1.213.1.1.2.137"),
    ("Agent", "Réaction"),
    (("Pénicilline", "Urticaire"), ("Pollens de graminées", "Rhinite")),
)
_TREATMENTS = Table(
    "10160-0",
    "Traitements au long cours",
    (f"{_IHE}.19", "1.2.250.1.213.1.1.2.143"),
    ("Médicament", "Posologie"),
    (("Périndopril 4 mg", "1 comprimé le matin"), ("Salbutamol 100 µg", "2 bouffées si gêne")),
)
_FINDINGS = Table(
    "59776-5",
    "Résultats",
    (),
    ("Région", "Constat"),
    (("Parenchyme", "Pas de foyer ni de nodule"), ("Médiastin", "Pas d'adénopathie")),
)
_MEDICINES = Table(
    "57828-6",
    "Prescription de médicaments",
    ("1.3.6.1.4.1.19376.1.9.1.2.1", "1.2.250.1.213.1.1.2.171"),
    ("Médicament", "Posologie", "Durée"),
    (("Amoxicilline 1 g", "1 comprimé matin et soir", "6 jours"), ("Paracétamol 1 g", "si douleur", "5 jours")),
)
_STAY = Table(
    "42545-4",
    "Synthèse médicale du séjour",
    ("1.2.250.1.213.1.1.2.163",),
    ("Jour", "Événement"),
    (("1", "Admission pour douleur thoracique"), ("3", "Sortie au domicile, épreuve d'effort normale")),
)
_LEAVING = Table(
    "10183-2",
    "Traitements à la sortie",
    (f"{_IHE}.22", "1.2.250.1.213.1.1.2.146"),
    ("Médicament", "Posologie"),
    (("Acide acétylsalicylique 75 mg", "1 sachet par jour"),),
)
_VACCINATION = Table(
    "11369-6",
    "Note de vaccination",
    (f"{_IHE}.23", "1.2.250.1.213.1.1.2.147"),
    ("Vaccin", "Lot", "Voie"),
    (("Diphtérie, tétanos, poliomyélite (rappel)", "LOT-INVENTE-01", "intramusculaire"),),
)


def vsm(
    *, patient: SamplePatient, author: SampleAuthor, unique_id: str, effective_time: datetime, padding: int = 0
) -> bytes:
    """A medical summary (volet de synthèse médicale), level 3; `padding`: approximate extra bytes."""
    values = HeaderValues(
        kind=SampleCode("SYNTH", TA_ASIP, "Synthèse"),
        title="Synthèse médicale",
        templates=(("1.2.250.1.213.1.1.1.13", "201310"),),
        event=SampleCode("34117-2", LOINC, "Historique et clinique"),
        patient=patient,
        author=author,
        unique_id=unique_id,
        effective_time=effective_time,
    )
    return document(values, structured((_ALLERGIES, _PROBLEMS, _TREATMENTS), padding))


def biology(
    *,
    patient: SamplePatient,
    author: SampleAuthor,
    unique_id: str,
    effective_time: datetime,
    seed: int = 0,
    padding: int = 0,
) -> bytes:
    """A laboratory report, level 1 with a PDF; `seed` draws the results, `padding`: approximate extra bytes."""
    values = HeaderValues(
        kind=SampleCode("11502-2", LOINC, "CR d'examens biologiques"),
        title="Compte rendu d'examens biologiques",
        templates=(_WRAPPED_FILE,),
        event=SampleCode("18723-7", LOINC, "Hématologie"),
        patient=patient,
        author=author,
        unique_id=unique_id,
        effective_time=effective_time,
    )
    # It needs packages that only development has; `carnet` is also an operator's.
    from samples.pdf import biology_report

    pdf = biology_report(
        patient=patient, author=author, effective_time=effective_time, seed=seed, padding=padding * 3 // 4
    )
    return document(values, wrapped(pdf, "application/pdf"))


def imaging(
    *,
    patient: SamplePatient,
    author: SampleAuthor,
    unique_id: str,
    effective_time: datetime,
    replaces: str | None = None,
    padding: int = 0,
) -> bytes:
    """An imaging report, level 3; `replaces`: unique_id of the replaced version."""
    values = HeaderValues(
        kind=SampleCode("18748-4", LOINC, "CR d'imagerie médicale"),
        title="Compte rendu d'imagerie : scanner du thorax",
        templates=(("1.2.250.1.213.1.1.1.45", "2024.01"),),
        event=SampleCode("24627-2", LOINC, "CT Chest"),
        patient=patient,
        author=author,
        unique_id=unique_id,
        effective_time=effective_time,
        version=1 if replaces is None else 2,
        replaces=replaces,
    )
    return document(values, structured((_FINDINGS,), padding))


def prescription(
    *, patient: SamplePatient, author: SampleAuthor, unique_id: str, effective_time: datetime, padding: int = 0
) -> bytes:
    """A prescription of medicines, level 3."""
    values = HeaderValues(
        kind=SampleCode("57833-6", LOINC, "Prescription de produits de santé"),
        title="Prescription de médicaments",
        templates=(("1.2.250.1.213.1.1.1.39", "2022.01"),),
        event=SampleCode("57833-6", LOINC, "Prescription de produits de santé"),
        patient=patient,
        author=author,
        unique_id=unique_id,
        effective_time=effective_time,
    )
    return document(values, structured((_MEDICINES,), padding))


def discharge_letter(
    *, patient: SamplePatient, author: SampleAuthor, unique_id: str, effective_time: datetime, padding: int = 0
) -> bytes:
    """A hospital's discharge letter (LDL-SES), level 3."""
    values = HeaderValues(
        kind=SampleCode("11490-0", LOINC, "Lettre de liaison à la sortie d'un établissement de soins"),
        title="Lettre de liaison à la sortie de l'établissement de santé",
        templates=(("1.2.250.1.213.1.1.1.29", "2022.01"),),
        event=SampleCode("IMP", ACT_CODE, "Hospitalisation"),
        patient=patient,
        author=author,
        unique_id=unique_id,
        effective_time=effective_time,
    )
    return document(values, structured((_STAY, _LEAVING, _ALLERGIES), padding))


def vaccination_note(
    *, patient: SamplePatient, author: SampleAuthor, unique_id: str, effective_time: datetime, padding: int = 0
) -> bytes:
    """A note of one vaccination, level 3."""
    values = HeaderValues(
        kind=SampleCode("87273-9", LOINC, "Note de vaccination"),
        title="Note de vaccination",
        templates=(("1.2.250.1.213.1.1.1.46", "2023.01"),),
        event=SampleCode("87273-9", LOINC, "Note de vaccination"),
        patient=patient,
        author=author,
        unique_id=unique_id,
        effective_time=effective_time,
    )
    return document(values, structured((_VACCINATION,), padding))


def self_presenting(cda: bytes) -> bytes:
    """The document inside an XSL stylesheet that renders it, as some producers send it."""
    inner = cda.partition(b"?>")[2].strip()
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<?xml-stylesheet type="text/xsl" href="#"?>\n'
        b'<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">\n'
        b'<xsl:template match="/"><html><body><h1>Document</h1></body></html></xsl:template>\n'
        b'<xsl:variable name="document">' + inner + b"</xsl:variable>\n</xsl:stylesheet>\n"
    )
