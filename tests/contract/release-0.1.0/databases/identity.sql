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
CREATE TABLE patients (
	patient_id UUID NOT NULL, 
	matricule TEXT NOT NULL, 
	oid TEXT NOT NULL, 
	key_is_right BOOLEAN NOT NULL, 
	family_name TEXT NOT NULL, 
	given_names TEXT NOT NULL, 
	birth_date DATE NOT NULL, 
	sex TEXT NOT NULL, 
	admitted_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	card_shown_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (patient_id)
)
-- next --
CREATE TABLE ins_numbers (
	matricule TEXT NOT NULL, 
	oid TEXT NOT NULL, 
	holder UUID NOT NULL, 
	PRIMARY KEY (matricule, oid)
)
-- next --
CREATE TABLE accounts (
	patient_id UUID NOT NULL, 
	identifier TEXT NOT NULL, 
	password_hash TEXT NOT NULL, 
	email TEXT NOT NULL, 
	email_verified BOOLEAN NOT NULL, 
	mobile TEXT NOT NULL, 
	mobile_verified BOOLEAN NOT NULL, 
	activated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (patient_id)
)
-- next --
CREATE TABLE identifiers (
	identifier TEXT NOT NULL, 
	holder UUID NOT NULL, 
	PRIMARY KEY (identifier)
)
-- next --
CREATE TABLE pending_accounts (
	patient_id UUID NOT NULL, 
	attempt_id UUID NOT NULL, 
	identifier TEXT NOT NULL, 
	password_hash TEXT NOT NULL, 
	email TEXT NOT NULL, 
	mobile TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (patient_id)
)
-- next --
CREATE INDEX pending_accounts_expires_at ON pending_accounts (expires_at)
-- next --
CREATE TABLE code_attempts (
	attempt_id UUID NOT NULL, 
	purpose TEXT NOT NULL, 
	holder UUID, 
	sealed BYTEA NOT NULL, 
	tries INTEGER DEFAULT 0 NOT NULL, 
	used_at TIMESTAMP WITH TIME ZONE, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (attempt_id)
)
-- next --
CREATE INDEX code_attempts_expires_at ON code_attempts (expires_at)
-- next --
CREATE TABLE unfinished_logins (
	login_key BYTEA NOT NULL, 
	started INTEGER NOT NULL, 
	last_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (login_key)
)
-- next --
CREATE INDEX unfinished_logins_last_at ON unfinished_logins (last_at)
-- next --
CREATE TABLE spent_proofs (
	mark BYTEA NOT NULL, 
	keep_until TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (mark)
)
-- next --
CREATE INDEX spent_proofs_keep_until ON spent_proofs (keep_until)
-- next --
CREATE TABLE structures (
	finess TEXT NOT NULL, 
	name TEXT NOT NULL, 
	PRIMARY KEY (finess)
)
-- next --
CREATE TABLE professionals (
	rpps TEXT NOT NULL, 
	title TEXT NOT NULL, 
	family_name TEXT NOT NULL, 
	given_names TEXT NOT NULL, 
	profession TEXT NOT NULL, 
	email TEXT, 
	mobile TEXT, 
	PRIMARY KEY (rpps)
)
-- next --
CREATE TABLE practices (
	rpps TEXT NOT NULL, 
	finess TEXT NOT NULL, 
	PRIMARY KEY (rpps, finess), 
	FOREIGN KEY(rpps) REFERENCES professionals (rpps), 
	FOREIGN KEY(finess) REFERENCES structures (finess)
)
-- next --
CREATE TABLE software (
	number TEXT NOT NULL, 
	name TEXT NOT NULL, 
	profile TEXT NOT NULL, 
	PRIMARY KEY (number)
)
-- next --
INSERT INTO alembic_version (version_num) VALUES ('0001') RETURNING alembic_version.version_num
-- next --
ALTER TABLE professionals ADD COLUMN specialty TEXT
-- next --
ALTER TABLE professionals ADD COLUMN from_extract BOOLEAN DEFAULT false NOT NULL
-- next --
ALTER TABLE professionals ADD COLUMN retired_at TIMESTAMP WITH TIME ZONE
-- next --
UPDATE alembic_version SET version_num='0002' WHERE alembic_version.version_num = '0001'
-- next --
ALTER TABLE patients ADD COLUMN family_key TEXT DEFAULT '' NOT NULL
-- next --
ALTER TABLE patients ADD COLUMN given_key TEXT DEFAULT '' NOT NULL
-- next --
CREATE INDEX patients_by_traits ON patients (family_key, birth_date)
-- next --
UPDATE alembic_version SET version_num='0003' WHERE alembic_version.version_num = '0002'
-- next --
CREATE TABLE sessions (
	session_id UUID NOT NULL, 
	role TEXT NOT NULL, 
	holder TEXT NOT NULL, 
	means TEXT NOT NULL, 
	device TEXT NOT NULL, 
	started_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	until TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (session_id)
)
-- next --
CREATE INDEX sessions_of_holder ON sessions (holder, role)
-- next --
CREATE INDEX sessions_until ON sessions (until)
-- next --
CREATE TABLE ended_sessions (
	session_id UUID NOT NULL, 
	until TIMESTAMP WITH TIME ZONE NOT NULL, 
	ended_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (session_id)
)
-- next --
CREATE INDEX ended_sessions_ended_at ON ended_sessions (ended_at)
-- next --
UPDATE alembic_version SET version_num='0004' WHERE alembic_version.version_num = '0003'
-- next --
CREATE TABLE authenticators (
	patient_id UUID NOT NULL, 
	sealed BYTEA NOT NULL, 
	last_step INTEGER, 
	enrolled_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	confirmed_at TIMESTAMP WITH TIME ZONE, 
	PRIMARY KEY (patient_id)
)
-- next --
UPDATE alembic_version SET version_num='0005' WHERE alembic_version.version_num = '0004'
-- next --
CREATE TABLE clients (
	client_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	publisher TEXT NOT NULL, 
	purpose TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	redirect_uris TEXT[] NOT NULL, 
	scopes TEXT NOT NULL, 
	keys TEXT NOT NULL, 
	registered_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	suspended_at TIMESTAMP WITH TIME ZONE, 
	PRIMARY KEY (client_id)
)
-- next --
CREATE TABLE authorizations (
	request_id UUID NOT NULL, 
	client_id TEXT NOT NULL, 
	parameters TEXT NOT NULL, 
	browser BYTEA, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (request_id)
)
-- next --
CREATE INDEX authorizations_expires_at ON authorizations (expires_at)
-- next --
CREATE TABLE grants (
	patient_id UUID NOT NULL, 
	grant_id UUID NOT NULL, 
	client_id TEXT NOT NULL, 
	scopes TEXT NOT NULL, 
	redirect_uri TEXT NOT NULL, 
	challenge TEXT NOT NULL, 
	nonce TEXT NOT NULL, 
	code BYTEA NOT NULL, 
	code_until TIMESTAMP WITH TIME ZONE NOT NULL, 
	code_used_at TIMESTAMP WITH TIME ZONE, 
	started_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	PRIMARY KEY (patient_id, grant_id), 
	UNIQUE (grant_id), 
	UNIQUE (code)
)
-- next --
CREATE INDEX grants_started_at ON grants (started_at)
-- next --
CREATE TABLE refresh_tokens (
	token BYTEA NOT NULL, 
	grant_id UUID NOT NULL, 
	until TIMESTAMP WITH TIME ZONE NOT NULL, 
	used_at TIMESTAMP WITH TIME ZONE, 
	PRIMARY KEY (token), 
	FOREIGN KEY(grant_id) REFERENCES grants (grant_id) ON DELETE CASCADE
)
-- next --
CREATE INDEX ix_refresh_tokens_grant_id ON refresh_tokens (grant_id)
-- next --
UPDATE alembic_version SET version_num='0006' WHERE alembic_version.version_num = '0005'
-- next --
CREATE TABLE pending_contacts (
	patient_id UUID NOT NULL, 
	attempt_id UUID NOT NULL, 
	channel TEXT NOT NULL, 
	address TEXT NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (patient_id)
)
-- next --
CREATE INDEX pending_contacts_expires_at ON pending_contacts (expires_at)
-- next --
UPDATE alembic_version SET version_num='0007' WHERE alembic_version.version_num = '0006'
-- next --
CREATE TABLE passkeys (
	patient_id UUID NOT NULL, 
	credential_id BYTEA NOT NULL, 
	public_key BYTEA NOT NULL, 
	sign_count BIGINT NOT NULL, 
	label TEXT NOT NULL, 
	added_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	used_at TIMESTAMP WITH TIME ZONE, 
	PRIMARY KEY (patient_id, credential_id), 
	UNIQUE (credential_id)
)
-- next --
CREATE TABLE passkey_challenges (
	attempt_id UUID NOT NULL, 
	challenge BYTEA NOT NULL, 
	holder UUID, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (attempt_id)
)
-- next --
CREATE INDEX passkey_challenges_expires_at ON passkey_challenges (expires_at)
-- next --
UPDATE alembic_version SET version_num='0008' WHERE alembic_version.version_num = '0007'
-- next --
ALTER TABLE software ADD COLUMN suspended_at TIMESTAMP WITH TIME ZONE
-- next --
UPDATE alembic_version SET version_num='0009' WHERE alembic_version.version_num = '0008'
-- next --
ALTER TABLE clients ADD COLUMN software TEXT DEFAULT '' NOT NULL
-- next --
ALTER TABLE authorizations ADD COLUMN rpps TEXT
-- next --
CREATE TABLE professional_codes (
	code BYTEA NOT NULL, 
	session_id UUID NOT NULL, 
	client_id TEXT NOT NULL, 
	redirect_uri TEXT NOT NULL, 
	challenge TEXT NOT NULL, 
	rpps TEXT NOT NULL, 
	structure TEXT NOT NULL, 
	until TIMESTAMP WITH TIME ZONE NOT NULL, 
	used_at TIMESTAMP WITH TIME ZONE, 
	PRIMARY KEY (code)
)
-- next --
CREATE INDEX professional_codes_until ON professional_codes (until)
-- next --
CREATE TABLE professional_refresh_tokens (
	token BYTEA NOT NULL, 
	session_id UUID NOT NULL, 
	client_id TEXT NOT NULL, 
	rpps TEXT NOT NULL, 
	structure TEXT NOT NULL, 
	until TIMESTAMP WITH TIME ZONE NOT NULL, 
	used_at TIMESTAMP WITH TIME ZONE, 
	PRIMARY KEY (token)
)
-- next --
CREATE INDEX professional_refresh_tokens_until ON professional_refresh_tokens (until)
-- next --
UPDATE alembic_version SET version_num='0010' WHERE alembic_version.version_num = '0009'
-- next --
ALTER TABLE software ADD COLUMN quota INTEGER DEFAULT '0' NOT NULL
-- next --
UPDATE alembic_version SET version_num='0011' WHERE alembic_version.version_num = '0010'
-- next --
ALTER TABLE grants ADD COLUMN representative UUID
-- next --
UPDATE alembic_version SET version_num='0012' WHERE alembic_version.version_num = '0011'
-- next --
ALTER TABLE grants ADD COLUMN bound_to TEXT DEFAULT '' NOT NULL
-- next --
UPDATE alembic_version SET version_num='0013' WHERE alembic_version.version_num = '0012'
-- next --
ALTER TABLE accounts ADD COLUMN locked_at TIMESTAMP WITH TIME ZONE
-- next --
UPDATE alembic_version SET version_num='0014' WHERE alembic_version.version_num = '0013'
-- next --
CREATE TABLE signatures (
	route TEXT NOT NULL, 
	digest BYTEA NOT NULL, 
	signed_by TEXT NOT NULL, 
	until TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (route, digest)
)
-- next --
UPDATE alembic_version SET version_num='0015' WHERE alembic_version.version_num = '0014'
-- next --
CREATE INDEX code_attempts_of_holder ON code_attempts (holder)
-- next --
CREATE INDEX grants_of_representative ON grants (representative) WHERE representative IS NOT NULL
-- next --
UPDATE alembic_version SET version_num='0016' WHERE alembic_version.version_num = '0015'
-- next --
CREATE TABLE failed_guesses (
	guess_key BYTEA NOT NULL, 
	day DATE NOT NULL, 
	failures INTEGER NOT NULL, 
	keep_until DATE NOT NULL, 
	PRIMARY KEY (guess_key, day)
)
-- next --
CREATE INDEX failed_guesses_keep_until ON failed_guesses (keep_until)
-- next --
ALTER TABLE code_attempts ADD COLUMN opened_by TEXT DEFAULT 'sent' NOT NULL
-- next --
ALTER TABLE code_attempts ADD COLUMN budget BYTEA
-- next --
UPDATE alembic_version SET version_num='0017' WHERE alembic_version.version_num = '0016'
-- next --
CREATE TABLE known_devices (
	patient_id UUID NOT NULL, 
	device_id UUID NOT NULL, 
	token BYTEA NOT NULL, 
	device TEXT NOT NULL, 
	since TIMESTAMP WITH TIME ZONE NOT NULL, 
	used_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (patient_id, device_id), 
	UNIQUE (token)
)
-- next --
CREATE INDEX known_devices_used_at ON known_devices (used_at)
-- next --
UPDATE alembic_version SET version_num='0018' WHERE alembic_version.version_num = '0017'
-- next --
ALTER TABLE accounts ADD COLUMN pending_since TIMESTAMP WITH TIME ZONE
-- next --
CREATE INDEX accounts_pending_since ON accounts (pending_since) WHERE pending_since IS NOT NULL
-- next --
CREATE TABLE letters (
	patient_id UUID NOT NULL, 
	letter_id UUID NOT NULL, 
	code_hash BYTEA NOT NULL, 
	sealed_code BYTEA, 
	tries INTEGER DEFAULT 0 NOT NULL, 
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	written_at TIMESTAMP WITH TIME ZONE, 
	PRIMARY KEY (patient_id), 
	UNIQUE (letter_id)
)
-- next --
CREATE INDEX letters_expires_at ON letters (expires_at)
-- next --
UPDATE alembic_version SET version_num='0019' WHERE alembic_version.version_num = '0018'
-- next --
UPDATE patients SET family_key = replace(replace(family_key, 'œ', 'oe'), 'æ', 'ae') WHERE family_key LIKE '%œ%' OR family_key LIKE '%æ%'
-- next --
UPDATE patients SET given_key = replace(replace(given_key, 'œ', 'oe'), 'æ', 'ae') WHERE given_key LIKE '%œ%' OR given_key LIKE '%æ%'
-- next --
UPDATE alembic_version SET version_num='0020' WHERE alembic_version.version_num = '0019'
-- next --
ALTER TABLE authorizations ADD COLUMN provider_subject TEXT DEFAULT '' NOT NULL
-- next --
CREATE INDEX authorizations_provider_subject ON authorizations (provider_subject) WHERE provider_subject <> ''
-- next --
ALTER TABLE authorizations ADD COLUMN provider_session TEXT DEFAULT '' NOT NULL
-- next --
CREATE INDEX authorizations_provider_session ON authorizations (provider_session) WHERE provider_session <> ''
-- next --
ALTER TABLE professional_codes ADD COLUMN provider_subject TEXT DEFAULT '' NOT NULL
-- next --
CREATE INDEX professional_codes_provider_subject ON professional_codes (provider_subject) WHERE provider_subject <> ''
-- next --
ALTER TABLE professional_codes ADD COLUMN provider_session TEXT DEFAULT '' NOT NULL
-- next --
CREATE INDEX professional_codes_provider_session ON professional_codes (provider_session) WHERE provider_session <> ''
-- next --
ALTER TABLE sessions ADD COLUMN provider_subject TEXT DEFAULT '' NOT NULL
-- next --
CREATE INDEX sessions_provider_subject ON sessions (provider_subject) WHERE provider_subject <> ''
-- next --
ALTER TABLE sessions ADD COLUMN provider_session TEXT DEFAULT '' NOT NULL
-- next --
CREATE INDEX sessions_provider_session ON sessions (provider_session) WHERE provider_session <> ''
-- next --
UPDATE alembic_version SET version_num='0021' WHERE alembic_version.version_num = '0020'
-- next --
ALTER TABLE refresh_tokens ADD COLUMN successor BYTEA
-- next --
ALTER TABLE refresh_tokens ADD COLUMN repeated_at TIMESTAMP WITH TIME ZONE
-- next --
ALTER TABLE professional_refresh_tokens ADD COLUMN successor BYTEA
-- next --
ALTER TABLE professional_refresh_tokens ADD COLUMN repeated_at TIMESTAMP WITH TIME ZONE
-- next --
UPDATE alembic_version SET version_num='0022' WHERE alembic_version.version_num = '0021'
-- next --
ALTER TABLE clients ADD COLUMN revision INTEGER DEFAULT '0' NOT NULL
-- next --
UPDATE alembic_version SET version_num='0023' WHERE alembic_version.version_num = '0022'
-- next --
CREATE TABLE professional_suspensions (
	rpps TEXT NOT NULL, 
	cause TEXT NOT NULL, 
	since TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (rpps, cause)
)
-- next --
ALTER TABLE sessions ADD COLUMN profession TEXT DEFAULT '' NOT NULL
-- next --
ALTER TABLE sessions ADD COLUMN structure TEXT DEFAULT '' NOT NULL
-- next --
ALTER TABLE sessions ADD COLUMN card TEXT DEFAULT '' NOT NULL
-- next --
UPDATE alembic_version SET version_num='0024' WHERE alembic_version.version_num = '0023'
-- next --
CREATE TABLE deaths (
	patient_id UUID NOT NULL, 
	died_on DATE NOT NULL, 
	reported_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (patient_id)
)
-- next --
CREATE TABLE evidence (
	patient_id UUID NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	act TEXT NOT NULL, 
	reference TEXT NOT NULL, 
	agent TEXT NOT NULL, 
	PRIMARY KEY (patient_id, at, act)
)
-- next --
ALTER TABLE accounts ADD COLUMN deceased_at TIMESTAMP WITH TIME ZONE
-- next --
UPDATE alembic_version SET version_num='0025' WHERE alembic_version.version_num = '0024'
-- next --
CREATE INDEX ins_numbers_holder ON ins_numbers (holder)
-- next --
UPDATE alembic_version SET version_num='0026' WHERE alembic_version.version_num = '0025'
