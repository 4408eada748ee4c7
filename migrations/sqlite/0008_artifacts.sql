-- Evidence files: what is recorded about their bytes, and what they are attached to.

CREATE TABLE artifacts (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER artifacts_frozen BEFORE UPDATE ON artifacts
BEGIN SELECT RAISE(ABORT, 'artifacts is append-only'); END;
CREATE TRIGGER artifacts_kept BEFORE DELETE ON artifacts
BEGIN SELECT RAISE(ABORT, 'artifacts is append-only'); END;
CREATE TABLE artifact_versions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    record TEXT NOT NULL,
    salt BLOB NOT NULL,
    reference TEXT NOT NULL,
    reference_folded TEXT NOT NULL,
    reference_key TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    dated TEXT NOT NULL,
    bcsi INTEGER CHECK (bcsi IN (0, 1)),
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    supersedes_id BLOB CHECK (length(supersedes_id) = 16),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES artifacts (organization_id, id),
    FOREIGN KEY (organization_id, supersedes_id) REFERENCES artifacts (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX artifact_versions_open ON artifact_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX artifact_versions_moment ON artifact_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX artifact_versions_unique_reference_folded ON artifact_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE UNIQUE INDEX artifact_versions_unique_sha256 ON artifact_versions (organization_id, sha256) WHERE recorded_until = 9000000000000000;
CREATE INDEX artifact_versions_by_reference_key ON artifact_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX artifact_versions_by_name_key ON artifact_versions (organization_id, name_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX artifact_versions_by_size ON artifact_versions (organization_id, size, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX artifact_versions_by_received_at ON artifact_versions (organization_id, received_at, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX artifact_versions_by_dated ON artifact_versions (organization_id, dated, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX artifact_versions_by_supersedes_id ON artifact_versions (organization_id, supersedes_id, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER artifact_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, name_key, media_type, size, sha256, received_at, dated, bcsi, retired, supersedes_id ON artifact_versions
BEGIN SELECT RAISE(ABORT, 'artifact_versions is append-only'); END;
CREATE TRIGGER artifact_versions_closing BEFORE UPDATE OF recorded_until ON artifact_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'artifact_versions closes once'); END;
CREATE TRIGGER artifact_versions_kept BEFORE DELETE ON artifact_versions
BEGIN SELECT RAISE(ABORT, 'artifact_versions is append-only'); END;

CREATE TABLE attachments (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER attachments_frozen BEFORE UPDATE ON attachments
BEGIN SELECT RAISE(ABORT, 'attachments is append-only'); END;
CREATE TRIGGER attachments_kept BEFORE DELETE ON attachments
BEGIN SELECT RAISE(ABORT, 'attachments is append-only'); END;
CREATE TABLE attachment_versions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    record TEXT NOT NULL,
    salt BLOB NOT NULL,
    artifact_id BLOB NOT NULL CHECK (length(artifact_id) = 16),
    subject_kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES attachments (organization_id, id),
    FOREIGN KEY (organization_id, artifact_id) REFERENCES artifacts (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX attachment_versions_open ON attachment_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX attachment_versions_moment ON attachment_versions (organization_id, recorded_from);
CREATE INDEX attachment_versions_by_artifact_id ON attachment_versions (organization_id, artifact_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX attachment_versions_by_subject_kind_and_subject ON attachment_versions (organization_id, subject_kind, subject, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER attachment_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, artifact_id, subject_kind, subject, withdrawn ON attachment_versions
BEGIN SELECT RAISE(ABORT, 'attachment_versions is append-only'); END;
CREATE TRIGGER attachment_versions_closing BEFORE UPDATE OF recorded_until ON attachment_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'attachment_versions closes once'); END;
CREATE TRIGGER attachment_versions_kept BEFORE DELETE ON attachment_versions
BEGIN SELECT RAISE(ABORT, 'attachment_versions is append-only'); END;
