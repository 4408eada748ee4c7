-- Evidence files: what is recorded about their bytes, and what they are attached to.

CREATE TABLE artifacts (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER artifacts_frozen BEFORE UPDATE ON artifacts FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER artifacts_kept BEFORE DELETE ON artifacts FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER artifacts_whole BEFORE TRUNCATE ON artifacts FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE artifacts ENABLE ROW LEVEL SECURITY;
ALTER TABLE artifacts FORCE ROW LEVEL SECURITY;
CREATE POLICY artifacts_organization ON artifacts USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON artifacts TO glance_app;
CREATE TABLE artifact_versions (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    record TEXT COLLATE "C" NOT NULL,
    salt BYTEA NOT NULL,
    reference TEXT COLLATE "C" NOT NULL,
    reference_folded TEXT COLLATE "C" NOT NULL,
    reference_key TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL,
    media_type TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    received_at BIGINT NOT NULL,
    dated TEXT COLLATE "C" NOT NULL,
    bcsi BOOLEAN,
    retired BOOLEAN NOT NULL,
    supersedes_id UUID,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES artifacts (organization_id, id),
    FOREIGN KEY (organization_id, supersedes_id) REFERENCES artifacts (organization_id, id)
);
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
CREATE TRIGGER artifact_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, name_key, media_type, size, sha256, received_at, dated, bcsi, retired, supersedes_id ON artifact_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER artifact_versions_closing BEFORE UPDATE OF recorded_until ON artifact_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER artifact_versions_kept BEFORE DELETE ON artifact_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER artifact_versions_whole BEFORE TRUNCATE ON artifact_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE artifact_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE artifact_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY artifact_versions_organization ON artifact_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON artifact_versions TO glance_app;

CREATE TABLE attachments (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER attachments_frozen BEFORE UPDATE ON attachments FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER attachments_kept BEFORE DELETE ON attachments FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER attachments_whole BEFORE TRUNCATE ON attachments FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE attachments ENABLE ROW LEVEL SECURITY;
ALTER TABLE attachments FORCE ROW LEVEL SECURITY;
CREATE POLICY attachments_organization ON attachments USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON attachments TO glance_app;
CREATE TABLE attachment_versions (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    record TEXT COLLATE "C" NOT NULL,
    salt BYTEA NOT NULL,
    artifact_id UUID NOT NULL,
    subject_kind TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    withdrawn BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES attachments (organization_id, id),
    FOREIGN KEY (organization_id, artifact_id) REFERENCES artifacts (organization_id, id)
);
CREATE UNIQUE INDEX attachment_versions_open ON attachment_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX attachment_versions_moment ON attachment_versions (organization_id, recorded_from);
CREATE INDEX attachment_versions_by_artifact_id ON attachment_versions (organization_id, artifact_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX attachment_versions_by_subject_kind_and_subject ON attachment_versions (organization_id, subject_kind, subject, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER attachment_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, artifact_id, subject_kind, subject, withdrawn ON attachment_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER attachment_versions_closing BEFORE UPDATE OF recorded_until ON attachment_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER attachment_versions_kept BEFORE DELETE ON attachment_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER attachment_versions_whole BEFORE TRUNCATE ON attachment_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE attachment_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE attachment_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY attachment_versions_organization ON attachment_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON attachment_versions TO glance_app;
