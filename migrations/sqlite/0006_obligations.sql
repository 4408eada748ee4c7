-- Performances of periodic duties: the ledger, what each was done for, and how late it was recorded.

CREATE TABLE performances (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER performances_frozen BEFORE UPDATE ON performances
BEGIN SELECT RAISE(ABORT, 'performances is append-only'); END;
CREATE TRIGGER performances_kept BEFORE DELETE ON performances
BEGIN SELECT RAISE(ABORT, 'performances is append-only'); END;
CREATE TABLE performance_versions (
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
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    performed_on TEXT NOT NULL,
    result TEXT NOT NULL,
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES performances (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX performance_versions_open ON performance_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX performance_versions_moment ON performance_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX performance_versions_unique_reference_folded ON performance_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX performance_versions_by_reference_key ON performance_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX performance_versions_by_performed_on ON performance_versions (organization_id, performed_on, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX performance_versions_by_kind ON performance_versions (organization_id, kind, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER performance_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, kind, subject, performed_on, result, retired ON performance_versions
BEGIN SELECT RAISE(ABORT, 'performance_versions is append-only'); END;
CREATE TRIGGER performance_versions_closing BEFORE UPDATE OF recorded_until ON performance_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'performance_versions closes once'); END;
CREATE TRIGGER performance_versions_kept BEFORE DELETE ON performance_versions
BEGIN SELECT RAISE(ABORT, 'performance_versions is append-only'); END;

CREATE TABLE performance_subjects (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    performance_id BLOB NOT NULL CHECK (length(performance_id) = 16),
    subject_id BLOB NOT NULL CHECK (length(subject_id) = 16),
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    PRIMARY KEY (organization_id, performance_id, subject_id, recorded_from),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, performance_id) REFERENCES performances (organization_id, id)
) STRICT;
CREATE INDEX performance_subjects_by_subject_id ON performance_subjects (organization_id, subject_id);
CREATE TRIGGER performance_subjects_frozen BEFORE UPDATE OF organization_id, performance_id, subject_id, recorded_from ON performance_subjects
BEGIN SELECT RAISE(ABORT, 'performance_subjects is append-only'); END;
CREATE TRIGGER performance_subjects_closing BEFORE UPDATE OF recorded_until ON performance_subjects
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'performance_subjects closes once'); END;
CREATE TRIGGER performance_subjects_kept BEFORE DELETE ON performance_subjects
BEGIN SELECT RAISE(ABORT, 'performance_subjects is append-only'); END;

CREATE TABLE performance_standings (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    days_late INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id, recorded_from),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, id) REFERENCES performances (organization_id, id)
) STRICT;
CREATE TRIGGER performance_standings_frozen BEFORE UPDATE OF organization_id, id, days_late, recorded_from ON performance_standings
BEGIN SELECT RAISE(ABORT, 'performance_standings is append-only'); END;
CREATE TRIGGER performance_standings_closing BEFORE UPDATE OF recorded_until ON performance_standings
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'performance_standings closes once'); END;
CREATE TRIGGER performance_standings_kept BEFORE DELETE ON performance_standings
BEGIN SELECT RAISE(ABORT, 'performance_standings is append-only'); END;
