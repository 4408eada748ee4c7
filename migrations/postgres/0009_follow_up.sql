-- Exceptions, findings and the log of their remediation.

CREATE TABLE exceptions (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER exceptions_frozen BEFORE UPDATE ON exceptions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER exceptions_kept BEFORE DELETE ON exceptions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER exceptions_whole BEFORE TRUNCATE ON exceptions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE exceptions ENABLE ROW LEVEL SECURITY;
ALTER TABLE exceptions FORCE ROW LEVEL SECURITY;
CREATE POLICY exceptions_organization ON exceptions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON exceptions TO glance_app;
CREATE TABLE exception_versions (
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
    kind TEXT COLLATE "C" NOT NULL,
    expires TEXT COLLATE "C" NOT NULL,
    waiting BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES exceptions (organization_id, id)
);
CREATE UNIQUE INDEX exception_versions_open ON exception_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX exception_versions_moment ON exception_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX exception_versions_unique_reference_folded ON exception_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX exception_versions_by_waiting ON exception_versions (organization_id, waiting, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER exception_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, kind, expires, waiting ON exception_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER exception_versions_closing BEFORE UPDATE OF recorded_until ON exception_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER exception_versions_kept BEFORE DELETE ON exception_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER exception_versions_whole BEFORE TRUNCATE ON exception_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE exception_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE exception_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY exception_versions_organization ON exception_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON exception_versions TO glance_app;

CREATE TABLE findings (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER findings_frozen BEFORE UPDATE ON findings FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER findings_kept BEFORE DELETE ON findings FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER findings_whole BEFORE TRUNCATE ON findings FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE findings ENABLE ROW LEVEL SECURITY;
ALTER TABLE findings FORCE ROW LEVEL SECURITY;
CREATE POLICY findings_organization ON findings USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON findings TO glance_app;
CREATE TABLE finding_versions (
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
    number BIGINT NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    fold_key TEXT COLLATE "C" NOT NULL,
    check_code TEXT COLLATE "C" NOT NULL,
    severity TEXT COLLATE "C" NOT NULL,
    state_key TEXT COLLATE "C" NOT NULL,
    settled BOOLEAN NOT NULL,
    worst_key TEXT COLLATE "C" NOT NULL,
    due_key TEXT COLLATE "C" NOT NULL,
    owner_id UUID,
    owner_login TEXT COLLATE "C" NOT NULL,
    last_seen BIGINT NOT NULL,
    seen_digest TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES findings (organization_id, id)
);
CREATE UNIQUE INDEX finding_versions_open ON finding_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX finding_versions_moment ON finding_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX finding_versions_unique_reference_folded ON finding_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE UNIQUE INDEX finding_versions_unique_fold_key ON finding_versions (organization_id, fold_key) WHERE recorded_until = 9000000000000000;
CREATE INDEX finding_versions_by_number ON finding_versions (organization_id, number, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX finding_versions_by_worst_key ON finding_versions (organization_id, worst_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX finding_versions_by_due_key ON finding_versions (organization_id, due_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX finding_versions_by_owner_login ON finding_versions (organization_id, owner_login, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX finding_versions_by_state_key ON finding_versions (organization_id, state_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX finding_versions_by_last_seen ON finding_versions (organization_id, last_seen, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX finding_versions_by_settled_and_recorded_from ON finding_versions (organization_id, settled, recorded_from, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX finding_versions_by_state_key_and_recorded_from ON finding_versions (organization_id, state_key, recorded_from, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX finding_versions_by_severity_and_settled_and_recorded_from ON finding_versions (organization_id, severity, settled, recorded_from, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX finding_versions_by_owner_login_and_settled_and_recorded_from ON finding_versions (organization_id, owner_login, settled, recorded_from, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX finding_versions_by_check_code_and_settled_and_recorded_from ON finding_versions (organization_id, check_code, settled, recorded_from, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX finding_versions_by_check_code_and_state_key ON finding_versions (organization_id, check_code, state_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX finding_versions_by_owner_id_and_settled_and_due_key ON finding_versions (organization_id, owner_id, settled, due_key, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER finding_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, number, title, fold_key, check_code, severity, state_key, settled, worst_key, due_key, owner_id, owner_login, last_seen, seen_digest ON finding_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER finding_versions_closing BEFORE UPDATE OF recorded_until ON finding_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER finding_versions_kept BEFORE DELETE ON finding_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER finding_versions_whole BEFORE TRUNCATE ON finding_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE finding_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE finding_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY finding_versions_organization ON finding_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON finding_versions TO glance_app;

CREATE TABLE remediation_entries (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER remediation_entries_frozen BEFORE UPDATE ON remediation_entries FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER remediation_entries_kept BEFORE DELETE ON remediation_entries FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER remediation_entries_whole BEFORE TRUNCATE ON remediation_entries FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE remediation_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE remediation_entries FORCE ROW LEVEL SECURITY;
CREATE POLICY remediation_entries_organization ON remediation_entries USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON remediation_entries TO glance_app;
CREATE TABLE remediation_entry_versions (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    record TEXT COLLATE "C" NOT NULL,
    salt BYTEA NOT NULL,
    finding_id UUID NOT NULL,
    done_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES remediation_entries (organization_id, id),
    FOREIGN KEY (organization_id, finding_id) REFERENCES findings (organization_id, id)
);
CREATE UNIQUE INDEX remediation_entry_versions_open ON remediation_entry_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX remediation_entry_versions_moment ON remediation_entry_versions (organization_id, recorded_from);
CREATE INDEX remediation_entry_versions_by_finding_id ON remediation_entry_versions (organization_id, finding_id, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER remediation_entry_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, finding_id, done_at ON remediation_entry_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER remediation_entry_versions_closing BEFORE UPDATE OF recorded_until ON remediation_entry_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER remediation_entry_versions_kept BEFORE DELETE ON remediation_entry_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER remediation_entry_versions_whole BEFORE TRUNCATE ON remediation_entry_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE remediation_entry_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE remediation_entry_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY remediation_entry_versions_organization ON remediation_entry_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON remediation_entry_versions TO glance_app;
