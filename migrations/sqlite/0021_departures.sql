-- Terminations and transfers, with what had to be removed.

CREATE TABLE departures (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER departures_frozen BEFORE UPDATE ON departures
BEGIN SELECT RAISE(ABORT, 'departures is append-only'); END;
CREATE TRIGGER departures_kept BEFORE DELETE ON departures
BEGIN SELECT RAISE(ABORT, 'departures is append-only'); END;
CREATE TABLE departure_versions (
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
    person_id BLOB CHECK (length(person_id) = 16),
    kind TEXT NOT NULL,
    action_at INTEGER NOT NULL,
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES departures (organization_id, id),
    FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX departure_versions_open ON departure_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX departure_versions_moment ON departure_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX departure_versions_unique_reference_folded ON departure_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX departure_versions_by_reference_key ON departure_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX departure_versions_by_person_id ON departure_versions (organization_id, person_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX departure_versions_by_action_at ON departure_versions (organization_id, action_at, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER departure_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, person_id, kind, action_at, retired ON departure_versions
BEGIN SELECT RAISE(ABORT, 'departure_versions is append-only'); END;
CREATE TRIGGER departure_versions_closing BEFORE UPDATE OF recorded_until ON departure_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'departure_versions closes once'); END;
CREATE TRIGGER departure_versions_kept BEFORE DELETE ON departure_versions
BEGIN SELECT RAISE(ABORT, 'departure_versions is append-only'); END;
