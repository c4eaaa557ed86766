"""Codes are found by all forms of a FHIR token; classes and formats by their code system too."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_CLASSES = "https://mos.esante.gouv.fr/NOS/TRE_A03-ClasseDocument/FHIR/TRE-A03-ClasseDocument"
_IHE_FORMATS = "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode"
_FRENCH_FORMATS = (
    "https://mos.esante.gouv.fr/NOS/TRE_A06-FormatCodeComplementaire/FHIR/TRE-A06-FormatCodeComplementaire"
)
_ADD_FORMS = """
UPDATE documents SET tokens = tokens || ARRAY(
    SELECT DISTINCT added FROM (
        SELECT regexp_replace(token, '[|][^|]*$', '|') AS added
        FROM unnest(tokens) AS token WHERE strpos(token, '|') > 0
        UNION ALL
        SELECT kind || ':|' || code FROM (
            SELECT split_part(token, ':', 1) AS kind, substr(token, strpos(token, ':') + 1) AS code
            FROM unnest(tokens) AS token WHERE strpos(token, '|') = 0
        ) AS plain
        WHERE kind NOT IN ('related', 'class', 'format') AND NOT EXISTS (
            SELECT FROM unnest(tokens) AS other
            WHERE starts_with(other, kind || ':') AND right(other, length(code) + 1) = '|' || code
        )
        UNION ALL
        SELECT unnest(ARRAY['class:' || :classes || '|' || class_code, 'class:' || :classes || '|'])
        UNION ALL
        SELECT unnest(ARRAY['format:' || system || '|' || format_code, 'format:' || system || '|'])
        FROM (
            SELECT CASE WHEN starts_with(format_code, 'urn:ihe:') THEN :ihe ELSE :french END AS system
        ) AS chosen
    ) AS several WHERE added <> ALL (tokens)
)
"""


def upgrade() -> None:
    """One pass over the documents; a token without a system has none of the same code that has one."""
    op.execute(sa.text(_ADD_FORMS).bindparams(classes=_CLASSES, ihe=_IHE_FORMATS, french=_FRENCH_FORMATS))
