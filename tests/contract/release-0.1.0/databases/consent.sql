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
CREATE TABLE medecins_traitants (
	patient_id UUID NOT NULL, 
	rpps TEXT NOT NULL, 
	since TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (patient_id, rpps)
)
-- next --
CREATE TABLE blocks (
	patient_id UUID NOT NULL, 
	rpps TEXT NOT NULL, 
	since TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (patient_id, rpps)
)
-- next --
CREATE TABLE authorisations (
	patient_id UUID NOT NULL, 
	rpps TEXT NOT NULL, 
	since TIMESTAMP WITH TIME ZONE NOT NULL, 
	until TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (patient_id, rpps)
)
-- next --
CREATE TABLE oppositions (
	patient_id UUID NOT NULL, 
	mode TEXT NOT NULL, 
	since TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (patient_id, mode)
)
-- next --
CREATE TABLE emergencies (
	patient_id UUID NOT NULL, 
	rpps TEXT NOT NULL, 
	since TIMESTAMP WITH TIME ZONE NOT NULL, 
	until TIMESTAMP WITH TIME ZONE NOT NULL, 
	mode TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	PRIMARY KEY (patient_id, rpps, since)
)
-- next --
INSERT INTO alembic_version (version_num) VALUES ('0001') RETURNING alembic_version.version_num
-- next --
CREATE TABLE facts (
	patient_id UUID NOT NULL, 
	kind TEXT NOT NULL, 
	party TEXT NOT NULL, 
	since TIMESTAMP WITH TIME ZONE NOT NULL, 
	until TIMESTAMP WITH TIME ZONE, 
	renews BOOLEAN DEFAULT false NOT NULL, 
	sections TEXT[] DEFAULT '{}' NOT NULL, 
	evidence TEXT, 
	PRIMARY KEY (patient_id, kind, party)
)
-- next --
CREATE TABLE matrices (
	version TEXT NOT NULL, 
	effective DATE NOT NULL, 
	body TEXT NOT NULL, 
	loaded_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	loaded_by TEXT NOT NULL, 
	PRIMARY KEY (version)
)
-- next --
INSERT INTO facts (patient_id, kind, party, since, until, renews)
SELECT patient_id, 'autorisation', rpps, since, until, true FROM authorisations
UNION ALL SELECT patient_id, 'medecin_traitant', rpps, since, NULL, false FROM medecins_traitants
UNION ALL SELECT patient_id, 'blocage', rpps, since, NULL, false FROM blocks
UNION ALL SELECT patient_id, 'opposition', mode, since, NULL, false FROM oppositions
UNION ALL SELECT patient_id, mode, rpps, max(since), max(until), false
    FROM emergencies GROUP BY patient_id, mode, rpps
-- next --
DROP TABLE authorisations
-- next --
DROP TABLE medecins_traitants
-- next --
DROP TABLE blocks
-- next --
DROP TABLE oppositions
-- next --
UPDATE alembic_version SET version_num='0002' WHERE alembic_version.version_num = '0001'
-- next --
CREATE INDEX facts_by_party ON facts (party, patient_id)
-- next --
UPDATE alembic_version SET version_num='0003' WHERE alembic_version.version_num = '0002'
-- next --
CREATE TABLE invitations (
	patient_id UUID NOT NULL, 
	invitation_id UUID NOT NULL, 
	code BYTEA NOT NULL, 
	sections TEXT[] NOT NULL, 
	carer_label TEXT NOT NULL, 
	holder_label TEXT NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	carer UUID, 
	PRIMARY KEY (patient_id, invitation_id), 
	UNIQUE (code)
)
-- next --
CREATE INDEX invitations_carer ON invitations (carer)
-- next --
UPDATE alembic_version SET version_num='0004' WHERE alembic_version.version_num = '0003'
-- next --
ALTER TABLE facts ADD COLUMN giver TEXT DEFAULT '' NOT NULL
-- next --
ALTER TABLE facts ALTER COLUMN giver DROP DEFAULT
-- next --
ALTER TABLE invitations ADD COLUMN giver TEXT DEFAULT '' NOT NULL
-- next --
ALTER TABLE invitations ALTER COLUMN giver DROP DEFAULT
-- next --
ALTER TABLE facts DROP CONSTRAINT facts_pkey
-- next --
ALTER TABLE facts ADD CONSTRAINT facts_pkey PRIMARY KEY (patient_id, kind, party, giver)
-- next --
UPDATE alembic_version SET version_num='0005' WHERE alembic_version.version_num = '0004'
-- next --
CREATE TABLE signatures (
	route TEXT NOT NULL, 
	digest BYTEA NOT NULL, 
	signed_by TEXT NOT NULL, 
	until TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (route, digest)
)
-- next --
UPDATE alembic_version SET version_num='0006' WHERE alembic_version.version_num = '0005'
-- next --
CREATE TABLE representation_requests (
	patient_id UUID NOT NULL, 
	request_id UUID NOT NULL, 
	representative UUID NOT NULL, 
	ends BOOLEAN NOT NULL, 
	kind TEXT, 
	until TIMESTAMP WITH TIME ZONE, 
	evidence_kind TEXT NOT NULL, 
	evidence_on DATE NOT NULL, 
	evidence TEXT NOT NULL, 
	agent TEXT NOT NULL, 
	organisation TEXT NOT NULL, 
	requested_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	takes_effect_at TIMESTAMP WITH TIME ZONE, 
	contested_at TIMESTAMP WITH TIME ZONE, 
	closed_at TIMESTAMP WITH TIME ZONE, 
	outcome TEXT, 
	closed_by TEXT, 
	PRIMARY KEY (patient_id, request_id)
)
-- next --
CREATE UNIQUE INDEX representation_requests_waiting ON representation_requests (patient_id, representative, organisation, ends) WHERE closed_at IS NULL
-- next --
CREATE INDEX representation_requests_due ON representation_requests (takes_effect_at) WHERE closed_at IS NULL
-- next --
UPDATE alembic_version SET version_num='0007' WHERE alembic_version.version_num = '0006'
-- next --
ALTER TABLE facts ADD COLUMN secret BOOLEAN DEFAULT false NOT NULL
-- next --
ALTER TABLE facts DROP CONSTRAINT facts_pkey
-- next --
ALTER TABLE facts ADD CONSTRAINT facts_pkey PRIMARY KEY (patient_id, kind, party, giver, secret)
-- next --
UPDATE alembic_version SET version_num='0008' WHERE alembic_version.version_num = '0007'
-- next --
ALTER TABLE facts ADD COLUMN revision INTEGER DEFAULT '0' NOT NULL
-- next --
UPDATE alembic_version SET version_num='0009' WHERE alembic_version.version_num = '0008'
-- next --
ALTER TABLE facts ADD COLUMN suspended BOOLEAN DEFAULT false NOT NULL
-- next --
UPDATE alembic_version SET version_num='0010' WHERE alembic_version.version_num = '0009'
