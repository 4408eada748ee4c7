-- Exceptions, findings and the log of their remediation.

CREATE TABLE exceptions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER exceptions_frozen BEFORE UPDATE ON exceptions
BEGIN SELECT RAISE(ABORT, 'exceptions is append-only'); END;
CREATE TRIGGER exceptions_kept BEFORE DELETE ON exceptions
BEGIN SELECT RAISE(ABORT, 'exceptions is append-only'); END;
CREATE TABLE exception_versions (
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
    kind TEXT NOT NULL,
    expires TEXT NOT NULL,
    waiting INTEGER NOT NULL CHECK (waiting IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES exceptions (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX exception_versions_open ON exception_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX exception_versions_moment ON exception_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX exception_versions_unique_reference_folded ON exception_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX exception_versions_by_waiting ON exception_versions (organization_id, waiting, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER exception_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, kind, expires, waiting ON exception_versions
BEGIN SELECT RAISE(ABORT, 'exception_versions is append-only'); END;
CREATE TRIGGER exception_versions_closing BEFORE UPDATE OF recorded_until ON exception_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'exception_versions closes once'); END;
CREATE TRIGGER exception_versions_kept BEFORE DELETE ON exception_versions
BEGIN SELECT RAISE(ABORT, 'exception_versions is append-only'); END;

CREATE TABLE findings (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER findings_frozen BEFORE UPDATE ON findings
BEGIN SELECT RAISE(ABORT, 'findings is append-only'); END;
CREATE TRIGGER findings_kept BEFORE DELETE ON findings
BEGIN SELECT RAISE(ABORT, 'findings is append-only'); END;
CREATE TABLE finding_versions (
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
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    fold_key TEXT NOT NULL,
    check_code TEXT NOT NULL,
    severity TEXT NOT NULL,
    state_key TEXT NOT NULL,
    settled INTEGER NOT NULL CHECK (settled IN (0, 1)),
    worst_key TEXT NOT NULL,
    due_key TEXT NOT NULL,
    owner_id BLOB CHECK (length(owner_id) = 16),
    owner_login TEXT NOT NULL,
    last_seen INTEGER NOT NULL,
    seen_digest TEXT NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES findings (organization_id, id)
) STRICT;
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
CREATE TRIGGER finding_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, number, title, fold_key, check_code, severity, state_key, settled, worst_key, due_key, owner_id, owner_login, last_seen, seen_digest ON finding_versions
BEGIN SELECT RAISE(ABORT, 'finding_versions is append-only'); END;
CREATE TRIGGER finding_versions_closing BEFORE UPDATE OF recorded_until ON finding_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'finding_versions closes once'); END;
CREATE TRIGGER finding_versions_kept BEFORE DELETE ON finding_versions
BEGIN SELECT RAISE(ABORT, 'finding_versions is append-only'); END;

CREATE TABLE remediation_entries (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER remediation_entries_frozen BEFORE UPDATE ON remediation_entries
BEGIN SELECT RAISE(ABORT, 'remediation_entries is append-only'); END;
CREATE TRIGGER remediation_entries_kept BEFORE DELETE ON remediation_entries
BEGIN SELECT RAISE(ABORT, 'remediation_entries is append-only'); END;
CREATE TABLE remediation_entry_versions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    record TEXT NOT NULL,
    salt BLOB NOT NULL,
    finding_id BLOB NOT NULL CHECK (length(finding_id) = 16),
    done_at INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES remediation_entries (organization_id, id),
    FOREIGN KEY (organization_id, finding_id) REFERENCES findings (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX remediation_entry_versions_open ON remediation_entry_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX remediation_entry_versions_moment ON remediation_entry_versions (organization_id, recorded_from);
CREATE INDEX remediation_entry_versions_by_finding_id ON remediation_entry_versions (organization_id, finding_id, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER remediation_entry_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, finding_id, done_at ON remediation_entry_versions
BEGIN SELECT RAISE(ABORT, 'remediation_entry_versions is append-only'); END;
CREATE TRIGGER remediation_entry_versions_closing BEFORE UPDATE OF recorded_until ON remediation_entry_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'remediation_entry_versions closes once'); END;
CREATE TRIGGER remediation_entry_versions_kept BEFORE DELETE ON remediation_entry_versions
BEGIN SELECT RAISE(ABORT, 'remediation_entry_versions is append-only'); END;
