CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)
-- next --
CREATE TABLE outbox (
	seq BIGINT GENERATED ALWAYS AS IDENTITY, 
	id UUID NOT NULL, 
	topic TEXT NOT NULL, 
	bundle INTEGER NOT NULL, 
	occurred_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	traceparent TEXT NOT NULL, 
	payload TEXT NOT NULL, 
	not_before TIMESTAMP WITH TIME ZONE, 
	PRIMARY KEY (seq)
)
-- next --
CREATE TABLE inbox (
	event_id UUID NOT NULL, 
	queue TEXT NOT NULL, 
	received_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (event_id, queue)
)
-- next --
CREATE INDEX inbox_received_at ON inbox (received_at)
-- next --
CREATE TABLE records (
	patient_id UUID NOT NULL, 
	matricule TEXT NOT NULL, 
	ins_oid TEXT NOT NULL, 
	status TEXT NOT NULL, 
	opener TEXT NOT NULL, 
	structure TEXT, 
	profession TEXT, 
	opened_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (patient_id)
)
-- next --
CREATE TABLE documents (
	patient_id UUID NOT NULL, 
	document_id UUID NOT NULL, 
	entry_uuid TEXT NOT NULL, 
	unique_id TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	status TEXT NOT NULL, 
	section TEXT NOT NULL, 
	class_code TEXT NOT NULL, 
	type_code TEXT NOT NULL, 
	format_code TEXT NOT NULL, 
	title TEXT NOT NULL, 
	author_rpps TEXT NOT NULL, 
	author_name TEXT NOT NULL, 
	author_structure TEXT, 
	created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	deposited_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	language TEXT NOT NULL, 
	media_type TEXT NOT NULL, 
	size BIGINT NOT NULL, 
	sha1 TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	masque_ps BOOLEAN NOT NULL, 
	replaces TEXT, 
	content_id UUID NOT NULL, 
	depositor TEXT NOT NULL, 
	structure TEXT, 
	PRIMARY KEY (patient_id, document_id), 
	UNIQUE (patient_id, unique_id), 
	UNIQUE (patient_id, content_id)
)
-- next --
CREATE INDEX documents_newest ON documents (patient_id, created_at DESC, document_id DESC)
-- next --
CREATE TABLE depositors (
	patient_id UUID NOT NULL, 
	rpps TEXT NOT NULL, 
	PRIMARY KEY (patient_id, rpps)
)
-- next --
CREATE UNLOGGED TABLE receipts (
	patient_id UUID NOT NULL, 
	content_id UUID NOT NULL, 
	presented_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (patient_id, content_id)
)
-- next --
CREATE INDEX receipts_presented_at ON receipts (presented_at)
-- next --
CREATE TABLE first_reads (
	patient_id UUID NOT NULL, 
	rpps TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (patient_id, rpps)
)
-- next --
INSERT INTO alembic_version (version_num) VALUES ('0001') RETURNING alembic_version.version_num
-- next --
ALTER TABLE records ADD COLUMN majority_on DATE
-- next --
ALTER TABLE records ADD COLUMN closed_at TIMESTAMP WITH TIME ZONE
-- next --
ALTER TABLE records ADD COLUMN close_reason TEXT
-- next --
ALTER TABLE records ADD COLUMN purge_on DATE
-- next --
ALTER TABLE records ADD COLUMN default_masked BOOLEAN DEFAULT false NOT NULL
-- next --
ALTER TABLE documents ADD COLUMN invisible_until TIMESTAMP WITH TIME ZONE
-- next --
ALTER TABLE documents ADD COLUMN hidden_from_representatives BOOLEAN DEFAULT false NOT NULL
-- next --
ALTER TABLE first_reads ADD COLUMN secret BOOLEAN DEFAULT false NOT NULL
-- next --
ALTER TABLE first_reads DROP CONSTRAINT first_reads_pkey
-- next --
ALTER TABLE first_reads ADD CONSTRAINT first_reads_pkey PRIMARY KEY (patient_id, rpps, secret)
-- next --
CREATE INDEX records_majority_on ON records (majority_on) WHERE majority_on IS NOT NULL
-- next --
CREATE INDEX records_purge_on ON records (purge_on) WHERE purge_on IS NOT NULL
-- next --
CREATE INDEX documents_invisible_until ON documents (invisible_until) WHERE invisible_until IS NOT NULL
-- next --
UPDATE alembic_version SET version_num='0002' WHERE alembic_version.version_num = '0001'
-- next --
ALTER TABLE documents ADD COLUMN changed_at TIMESTAMP WITH TIME ZONE DEFAULT now()
-- next --
ALTER TABLE documents ADD COLUMN facts JSONB DEFAULT '{}' NOT NULL
-- next --
ALTER TABLE documents ADD COLUMN confidentiality TEXT DEFAULT 'N' NOT NULL
-- next --
ALTER TABLE documents ADD COLUMN service_start TIMESTAMP WITH TIME ZONE
-- next --
ALTER TABLE documents ADD COLUMN service_stop TIMESTAMP WITH TIME ZONE
-- next --
ALTER TABLE documents ADD COLUMN tokens TEXT[] DEFAULT '{}' NOT NULL
-- next --
ALTER TABLE documents ADD COLUMN families TEXT DEFAULT '' NOT NULL
-- next --
ALTER TABLE documents ADD COLUMN givens TEXT DEFAULT '' NOT NULL
-- next --
ALTER TABLE documents ADD COLUMN lot_id UUID
-- next --
UPDATE documents SET
    changed_at = deposited_at,
    tokens = ARRAY['type:' || type_code, 'class:' || class_code, 'format:' || format_code, 'author:' || author_rpps]
-- next --
ALTER TABLE documents ALTER COLUMN changed_at SET NOT NULL
-- next --
CREATE INDEX documents_unique_id ON documents (unique_id)
-- next --
CREATE INDEX documents_entry_uuid ON documents (entry_uuid)
-- next --
CREATE INDEX documents_document_id ON documents (document_id)
-- next --
CREATE TABLE lots (
	patient_id UUID NOT NULL, 
	lot_id UUID NOT NULL, 
	unique_id TEXT NOT NULL, 
	source_id TEXT, 
	families TEXT NOT NULL, 
	givens TEXT NOT NULL, 
	content_type TEXT, 
	content_system TEXT, 
	submitted_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	deposited_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	depositor TEXT NOT NULL, 
	facts JSONB NOT NULL, 
	PRIMARY KEY (patient_id, lot_id), 
	UNIQUE (patient_id, unique_id)
)
-- next --
CREATE INDEX documents_of_lot ON documents (patient_id, lot_id) WHERE lot_id IS NOT NULL
-- next --
UPDATE alembic_version SET version_num='0003' WHERE alembic_version.version_num = '0002'
-- next --
CREATE TABLE filing_plans (
	version TEXT NOT NULL, 
	body TEXT NOT NULL, 
	loaded_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	loaded_by TEXT NOT NULL, 
	PRIMARY KEY (version)
)
-- next --
ALTER TABLE documents ADD COLUMN filed_by TEXT DEFAULT 'integre' NOT NULL
-- next --
CREATE INDEX documents_filed_by ON documents (filed_by)
-- next --
UPDATE alembic_version SET version_num='0004' WHERE alembic_version.version_num = '0003'
-- next --
CREATE TABLE folders (
	patient_id UUID NOT NULL, 
	folder_id UUID NOT NULL, 
	name TEXT NOT NULL, 
	name_key TEXT NOT NULL, 
	PRIMARY KEY (patient_id, folder_id), 
	UNIQUE (patient_id, name_key)
)
-- next --
CREATE TABLE folder_documents (
	patient_id UUID NOT NULL, 
	folder_id UUID NOT NULL, 
	document_id UUID NOT NULL, 
	PRIMARY KEY (patient_id, folder_id, document_id)
)
-- next --
CREATE INDEX folders_of_document ON folder_documents (patient_id, document_id)
-- next --
CREATE TABLE pins (
	patient_id UUID NOT NULL, 
	document_id UUID NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (patient_id, document_id)
)
-- next --
UPDATE alembic_version SET version_num='0005' WHERE alembic_version.version_num = '0004'
-- next --
ALTER TABLE records ADD COLUMN masked_in_place BOOLEAN
-- next --
ALTER TABLE records ADD COLUMN masked_by TEXT
-- next --
UPDATE alembic_version SET version_num='0006' WHERE alembic_version.version_num = '0005'
-- next --
CREATE TABLE replacements (
	patient_id UUID NOT NULL, 
	older UUID NOT NULL, 
	newer UUID NOT NULL, 
	steps INTEGER NOT NULL, 
	PRIMARY KEY (patient_id, older, newer)
)
-- next --
CREATE INDEX replacements_newer ON replacements (patient_id, newer, steps)
-- next --
ALTER TABLE documents ADD COLUMN replaced BOOLEAN DEFAULT false NOT NULL
-- next --
ALTER TABLE documents ADD COLUMN never_shown BOOLEAN DEFAULT false NOT NULL
-- next --
INSERT INTO replacements (patient_id, older, newer, steps)
WITH RECURSIVE replaced (patient_id, older, newer, steps) AS (
    SELECT older.patient_id, older.document_id, newer.document_id, 1
    FROM documents AS older JOIN documents AS newer
        ON newer.patient_id = older.patient_id AND newer.replaces = older.unique_id
        AND newer.deposited_at >= older.deposited_at AND newer.document_id <> older.document_id
    WHERE older.status IN ('superseded', 'deleted')
    UNION
    SELECT replaced.patient_id, replaced.older, newer.document_id, replaced.steps + 1
    FROM replaced
        JOIN documents AS between_them ON between_them.patient_id = replaced.patient_id
            AND between_them.document_id = replaced.newer AND between_them.status IN ('superseded', 'deleted')
        JOIN documents AS newer
            ON newer.patient_id = replaced.patient_id AND newer.replaces = between_them.unique_id
            AND newer.deposited_at >= between_them.deposited_at AND newer.document_id <> between_them.document_id
    WHERE replaced.steps < 50
)
SELECT patient_id, older, newer, min(steps) FROM replaced GROUP BY patient_id, older, newer
-- next --
UPDATE documents SET replaced = true, changed_at = CASE
    WHEN changed_at = newer.deposited_at THEN documents.deposited_at ELSE changed_at END
FROM (
    SELECT replacements.patient_id, older, min(deposited_at) AS deposited_at
    FROM replacements JOIN documents
        ON documents.patient_id = replacements.patient_id AND documents.document_id = replacements.newer
    WHERE steps = 1 GROUP BY replacements.patient_id, older
) AS newer
WHERE documents.patient_id = newer.patient_id AND documents.document_id = newer.older
-- next --
INSERT INTO folder_documents (patient_id, folder_id, document_id)
SELECT placed.patient_id, folder_id, older FROM folder_documents AS placed
    JOIN replacements ON replacements.patient_id = placed.patient_id AND newer = document_id
ON CONFLICT DO NOTHING
-- next --
INSERT INTO pins (patient_id, document_id, at)
SELECT pins.patient_id, older, max(at) FROM pins
    JOIN replacements ON replacements.patient_id = pins.patient_id AND newer = document_id
GROUP BY pins.patient_id, older
ON CONFLICT DO NOTHING
-- next --
UPDATE alembic_version SET version_num='0007' WHERE alembic_version.version_num = '0006'
-- next --
CREATE TABLE signatures (
	route TEXT NOT NULL, 
	digest BYTEA NOT NULL, 
	signed_by TEXT NOT NULL, 
	until TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (route, digest)
)
-- next --
UPDATE alembic_version SET version_num='0008' WHERE alembic_version.version_num = '0007'
-- next --
ALTER TABLE records ADD COLUMN birth_name TEXT
-- next --
ALTER TABLE records ADD COLUMN given_names TEXT
-- next --
ALTER TABLE records ADD COLUMN birth_date DATE
-- next --
ALTER TABLE records ADD COLUMN sex TEXT
-- next --
UPDATE alembic_version SET version_num='0009' WHERE alembic_version.version_num = '0008'
-- next --
ALTER TABLE documents ADD COLUMN depositor_kind TEXT DEFAULT 'professional' NOT NULL
-- next --
ALTER TABLE lots ADD COLUMN depositor_kind TEXT DEFAULT 'professional' NOT NULL
-- next --
UPDATE alembic_version SET version_num='0010' WHERE alembic_version.version_num = '0009'
-- next --
CREATE TABLE consents (
	patient_id UUID NOT NULL, 
	given_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	channel TEXT NOT NULL, 
	collector TEXT NOT NULL, 
	structure TEXT, 
	text_version TEXT, 
	PRIMARY KEY (patient_id, given_at)
)
-- next --
INSERT INTO consents (patient_id, given_at, channel, collector, structure) SELECT patient_id, opened_at, CASE WHEN profession IS NULL THEN 'agent' ELSE 'professionnel' END, opener, structure FROM records
-- next --
UPDATE alembic_version SET version_num='0011' WHERE alembic_version.version_num = '0010'
-- next --
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
        SELECT unnest(ARRAY['class:' || 'https://mos.esante.gouv.fr/NOS/TRE_A03-ClasseDocument/FHIR/TRE-A03-ClasseDocument' || '|' || class_code, 'class:' || 'https://mos.esante.gouv.fr/NOS/TRE_A03-ClasseDocument/FHIR/TRE-A03-ClasseDocument' || '|'])
        UNION ALL
        SELECT unnest(ARRAY['format:' || system || '|' || format_code, 'format:' || system || '|'])
        FROM (
            SELECT CASE WHEN starts_with(format_code, 'urn:ihe:') THEN 'http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode' ELSE 'https://mos.esante.gouv.fr/NOS/TRE_A06-FormatCodeComplementaire/FHIR/TRE-A06-FormatCodeComplementaire' END AS system
        ) AS chosen
    ) AS several WHERE added <> ALL (tokens)
)
-- next --
UPDATE alembic_version SET version_num='0012' WHERE alembic_version.version_num = '0011'
