"""A medical summary with coded entries of every kind, as CI-SIS writes them: statements, denials, bounds."""

from datetime import datetime

from lxml import etree

from samples.header import LOINC, TA_ASIP, V3, XSI, HeaderValues, SampleCode, document
from samples.people import SampleAuthor, SamplePatient

_PCC = "1.3.6.1.4.1.19376.1.5.3.1.4"
_ICD = "2.16.840.1.113883.6.3"
_SNOMED = "2.16.840.1.113883.6.96"
_ABSENT_OR_UNKNOWN = "2.16.840.1.113883.5.1150.1"

_ALLERGY = f"""
<entry><act classCode="ACT" moodCode="EVN"><code nullFlavor="NA"/><statusCode code="active"/>
<entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN" negationInd="false">
<templateId root="{_PCC}.5"/><templateId root="{_PCC}.6"/>
<code code="DALG" codeSystem="2.16.840.1.113883.5.4" displayName="allergie médicamenteuse"/>
<statusCode code="completed"/><effectiveTime><low value="2018"/></effectiveTime>
<value xsi:type="CD" code="294505008" codeSystem="{_SNOMED}" displayName="allergie à la pénicilline"/>
<participant typeCode="CSM"><participantRole><playingEntity><code code="J01CA04" codeSystem="2.16.840.1.113883.6.73"
 displayName="Amoxicilline"/></playingEntity></participantRole></participant>
<entryRelationship typeCode="MFST"><observation classCode="OBS" moodCode="EVN"><templateId root="{_PCC}.5"/>
<code code="418799008" codeSystem="{_SNOMED}"/><statusCode code="completed"/>
<value xsi:type="CD" code="126485001" codeSystem="{_SNOMED}" displayName="Urticaire"/></observation>
</entryRelationship>
<entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN">
<code code="82606-5" codeSystem="{LOINC}"/><statusCode code="completed"/>
<value xsi:type="CD" code="high" displayName="Haut"/></observation></entryRelationship>
</observation></entryRelationship></act></entry>
"""
_PROBLEMS = f"""
<entry><act classCode="ACT" moodCode="EVN"><code nullFlavor="NA"/><statusCode code="active"/>
<entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN"><templateId root="{_PCC}.5"/>
<code code="55607006" codeSystem="{_SNOMED}"/><statusCode code="completed"/>
<effectiveTime><low value="201604"/></effectiveTime>
<value xsi:type="CD" code="I10" codeSystem="{_ICD}" displayName="Hypertension essentielle">
<originalText><reference value="#hypertension"/></originalText></value></observation></entryRelationship>
</act></entry>
<entry><observation classCode="OBS" moodCode="EVN" negationInd="true"><templateId root="{_PCC}.5"/>
<code code="55607006" codeSystem="{_SNOMED}"/><statusCode code="completed"/>
<value xsi:type="CD" code="E11" codeSystem="{_ICD}" displayName="Diabète sucré de type 2">
<originalText><reference value="#diabetes"/></originalText></value></observation></entry>
<entry><observation classCode="OBS" moodCode="EVN" negationInd="true"><templateId root="{_PCC}.5"/>
<code code="55607006" codeSystem="{_SNOMED}"/><statusCode code="completed"/>
<value xsi:type="CD" code="no-known-problems" codeSystem="{_ABSENT_OR_UNKNOWN}" displayName="Pas de problème connu"/>
</observation></entry>
"""
_HEART_AND_DIABETES = (
    '<content ID="hypertension">Hypertension artérielle</content>, pas de <content ID="diabetes">diabète</content>'
)
_TREATMENTS = f"""
<entry><substanceAdministration classCode="SBADM" moodCode="EVN"><templateId root="{_PCC}.7"/>
<statusCode code="completed"/><effectiveTime xsi:type="IVL_TS"><low value="20240102"/></effectiveTime>
<effectiveTime xsi:type="PIVL_TS" operator="A"><period value="1" unit="d"/></effectiveTime>
<doseQuantity><low value="1" unit="{{tablet}}"/><high value="2" unit="{{tablet}}"/></doseQuantity>
<consumable><manufacturedProduct><manufacturedMaterial><code code="C09AA04" codeSystem="2.16.840.1.113883.6.73"
 displayName="Périndopril"/><name>Périndopril 4 mg</name></manufacturedMaterial></manufacturedProduct></consumable>
</substanceAdministration></entry>
"""
_VACCINATIONS = f"""
<entry><substanceAdministration classCode="SBADM" moodCode="EVN" negationInd="false">
<templateId root="{_PCC}.12"/><code code="IMMUNIZ" codeSystem="2.16.840.1.113883.5.4"/>
<statusCode code="completed"/><effectiveTime value="20211004"/><consumable><manufacturedProduct><manufacturedMaterial>
<code code="J07AM51" codeSystem="2.16.840.1.113883.6.73" displayName="Vaccin antitétanique"/>
<lotNumberText>LOT-INVENTE-02</lotNumberText></manufacturedMaterial></manufacturedProduct></consumable>
</substanceAdministration></entry>
"""
_RESULTS = f"""
<entry><organizer classCode="CLUSTER" moodCode="EVN"><statusCode code="completed"/>
<component><observation classCode="OBS" moodCode="EVN"><templateId root="1.3.6.1.4.1.19376.1.3.1.6"/>
<code code="2276-4" codeSystem="{LOINC}" displayName="Ferritine"/><statusCode code="completed"/>
<effectiveTime value="20240501103000+0200"/><value xsi:type="PQ" value="48" unit="ug/L"/>
<interpretationCode code="N"/><referenceRange><observationRange><value xsi:type="IVL_PQ">
<low value="30" unit="ug/L"/><high value="300" unit="ug/L"/></value></observationRange></referenceRange>
</observation></component>
<component><observation classCode="OBS" moodCode="EVN"><templateId root="1.3.6.1.4.1.19376.1.3.1.6"/>
<code code="1988-5" codeSystem="{LOINC}" displayName="Protéine C réactive"/><statusCode code="completed"/>
<effectiveTime value="20240501"/><value xsi:type="IVL_PQ"><high value="0.6" unit="mg/L" inclusive="false"/></value>
</observation></component></organizer></entry>
"""


def coded_summary(*, patient: SamplePatient, author: SampleAuthor, unique_id: str, effective_time: datetime) -> bytes:
    """A medical summary (volet de synthèse médicale) whose entries are coded by the templates of IHE PCC and PaLM."""
    values = HeaderValues(
        kind=SampleCode("SYNTH", TA_ASIP, "Synthèse"),
        title="Synthèse médicale codée",
        templates=(("1.2.250.1.213.1.1.1.13", "201310"),),
        event=SampleCode("34117-2", LOINC, "Historique et clinique"),
        patient=patient,
        author=author,
        unique_id=unique_id,
        effective_time=effective_time,
    )
    sections = (
        _section("48765-2", "Allergies", "Allergie à la pénicilline : urticaire", _ALLERGY),
        _section(
            "11450-4",
            "Pathologies en cours",
            _HEART_AND_DIABETES,
            _PROBLEMS,
        ),
        _section("10160-0", "Traitements", "Périndopril 4 mg : 1 à 2 comprimés par jour", _TREATMENTS),
        _section("11369-6", "Vaccinations", "Tétanos : 4 octobre 2021", _VACCINATIONS),
        _section("30954-2", "Résultats", "Ferritine 48 µg/L ; protéine C réactive &lt; 0,6 mg/L", _RESULTS),
    )
    body = f'<structuredBody xmlns="{V3}" xmlns:xsi="{XSI}">{"".join(sections)}</structuredBody>'
    return document(values, etree.fromstring(body))


def _section(code: str, title: str, narrative: str, entries: str) -> str:
    return (
        f'<component><section><code code="{code}" codeSystem="{LOINC}"/><title>{title}</title>'
        f"<text><paragraph>{narrative}</paragraph></text>{entries}</section></component>"
    )
