-- Audit engagements, and which auditors were let in to one for how long.

CREATE TABLE engagements (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER engagements_frozen BEFORE UPDATE ON engagements
BEGIN SELECT RAISE(ABORT, 'engagements is append-only'); END;
CREATE TRIGGER engagements_kept BEFORE DELETE ON engagements
BEGIN SELECT RAISE(ABORT, 'engagements is append-only'); END;
CREATE TABLE engagement_versions (
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
    state TEXT NOT NULL,
    level_1_due TEXT NOT NULL,
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES engagements (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX engagement_versions_open ON engagement_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX engagement_versions_moment ON engagement_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX engagement_versions_unique_reference_folded ON engagement_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX engagement_versions_by_reference_key ON engagement_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX engagement_versions_by_name ON engagement_versions (organization_id, name, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX engagement_versions_by_level_1_due ON engagement_versions (organization_id, level_1_due, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER engagement_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, state, level_1_due, retired ON engagement_versions
BEGIN SELECT RAISE(ABORT, 'engagement_versions is append-only'); END;
CREATE TRIGGER engagement_versions_closing BEFORE UPDATE OF recorded_until ON engagement_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'engagement_versions closes once'); END;
CREATE TRIGGER engagement_versions_kept BEFORE DELETE ON engagement_versions
BEGIN SELECT RAISE(ABORT, 'engagement_versions is append-only'); END;

CREATE TABLE auditor_accesses (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER auditor_accesses_frozen BEFORE UPDATE ON auditor_accesses
BEGIN SELECT RAISE(ABORT, 'auditor_accesses is append-only'); END;
CREATE TRIGGER auditor_accesses_kept BEFORE DELETE ON auditor_accesses
BEGIN SELECT RAISE(ABORT, 'auditor_accesses is append-only'); END;
CREATE TABLE auditor_access_versions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    record TEXT NOT NULL,
    salt BLOB NOT NULL,
    engagement_id BLOB NOT NULL CHECK (length(engagement_id) = 16),
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    revoked INTEGER NOT NULL CHECK (revoked IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES auditor_accesses (organization_id, id),
    FOREIGN KEY (organization_id, engagement_id) REFERENCES engagements (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX auditor_access_versions_open ON auditor_access_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX auditor_access_versions_moment ON auditor_access_versions (organization_id, recorded_from);
CREATE INDEX auditor_access_versions_by_user_id ON auditor_access_versions (organization_id, user_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX auditor_access_versions_by_engagement_id ON auditor_access_versions (organization_id, engagement_id, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER auditor_access_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, engagement_id, user_id, revoked ON auditor_access_versions
BEGIN SELECT RAISE(ABORT, 'auditor_access_versions is append-only'); END;
CREATE TRIGGER auditor_access_versions_closing BEFORE UPDATE OF recorded_until ON auditor_access_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'auditor_access_versions closes once'); END;
CREATE TRIGGER auditor_access_versions_kept BEFORE DELETE ON auditor_access_versions
BEGIN SELECT RAISE(ABORT, 'auditor_access_versions is append-only'); END;
