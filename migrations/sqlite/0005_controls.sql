-- The organization's own controls, its narrative for each requirement, and attestations that what is done is adequate.

CREATE TABLE controls (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER controls_frozen BEFORE UPDATE ON controls
BEGIN SELECT RAISE(ABORT, 'controls is append-only'); END;
CREATE TRIGGER controls_kept BEFORE DELETE ON controls
BEGIN SELECT RAISE(ABORT, 'controls is append-only'); END;
CREATE TABLE control_versions (
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
    state TEXT NOT NULL,
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES controls (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX control_versions_open ON control_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX control_versions_moment ON control_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX control_versions_unique_reference_folded ON control_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX control_versions_by_reference_key ON control_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX control_versions_by_name_key ON control_versions (organization_id, name_key, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER control_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, name_key, state, retired ON control_versions
BEGIN SELECT RAISE(ABORT, 'control_versions is append-only'); END;
CREATE TRIGGER control_versions_closing BEFORE UPDATE OF recorded_until ON control_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'control_versions closes once'); END;
CREATE TRIGGER control_versions_kept BEFORE DELETE ON control_versions
BEGIN SELECT RAISE(ABORT, 'control_versions is append-only'); END;

CREATE TABLE narratives (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER narratives_frozen BEFORE UPDATE ON narratives
BEGIN SELECT RAISE(ABORT, 'narratives is append-only'); END;
CREATE TRIGGER narratives_kept BEFORE DELETE ON narratives
BEGIN SELECT RAISE(ABORT, 'narratives is append-only'); END;
CREATE TABLE narrative_versions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    record TEXT NOT NULL,
    salt BLOB NOT NULL,
    requirement TEXT NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES narratives (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX narrative_versions_open ON narrative_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX narrative_versions_moment ON narrative_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX narrative_versions_unique_requirement ON narrative_versions (organization_id, requirement) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER narrative_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, requirement ON narrative_versions
BEGIN SELECT RAISE(ABORT, 'narrative_versions is append-only'); END;
CREATE TRIGGER narrative_versions_closing BEFORE UPDATE OF recorded_until ON narrative_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'narrative_versions closes once'); END;
CREATE TRIGGER narrative_versions_kept BEFORE DELETE ON narrative_versions
BEGIN SELECT RAISE(ABORT, 'narrative_versions is append-only'); END;

CREATE TABLE attestations (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER attestations_frozen BEFORE UPDATE ON attestations
BEGIN SELECT RAISE(ABORT, 'attestations is append-only'); END;
CREATE TRIGGER attestations_kept BEFORE DELETE ON attestations
BEGIN SELECT RAISE(ABORT, 'attestations is append-only'); END;
CREATE TABLE attestation_versions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    record TEXT NOT NULL,
    salt BLOB NOT NULL,
    requirement TEXT NOT NULL,
    covers_from TEXT NOT NULL,
    covers_to TEXT NOT NULL,
    judgment TEXT NOT NULL,
    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES attestations (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX attestation_versions_open ON attestation_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX attestation_versions_moment ON attestation_versions (organization_id, recorded_from);
CREATE INDEX attestation_versions_by_requirement ON attestation_versions (organization_id, requirement, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER attestation_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, requirement, covers_from, covers_to, judgment, withdrawn ON attestation_versions
BEGIN SELECT RAISE(ABORT, 'attestation_versions is append-only'); END;
CREATE TRIGGER attestation_versions_closing BEFORE UPDATE OF recorded_until ON attestation_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'attestation_versions closes once'); END;
CREATE TRIGGER attestation_versions_kept BEFORE DELETE ON attestation_versions
BEGIN SELECT RAISE(ABORT, 'attestation_versions is append-only'); END;
