-- Batches of observations, the hosts they saw, what people decided about them, and evidence packages.

CREATE TABLE batches (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER batches_frozen BEFORE UPDATE ON batches
BEGIN SELECT RAISE(ABORT, 'batches is append-only'); END;
CREATE TRIGGER batches_kept BEFORE DELETE ON batches
BEGIN SELECT RAISE(ABORT, 'batches is append-only'); END;
CREATE TABLE batch_versions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    record TEXT NOT NULL,
    salt BLOB NOT NULL,
    sensor TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES batches (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX batch_versions_open ON batch_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX batch_versions_moment ON batch_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX batch_versions_sensor_and_digest ON batch_versions (organization_id, sensor, digest) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER batch_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, sensor, digest ON batch_versions
BEGIN SELECT RAISE(ABORT, 'batch_versions is append-only'); END;
CREATE TRIGGER batch_versions_closing BEFORE UPDATE OF recorded_until ON batch_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'batch_versions closes once'); END;
CREATE TRIGGER batch_versions_kept BEFORE DELETE ON batch_versions
BEGIN SELECT RAISE(ABORT, 'batch_versions is append-only'); END;

CREATE TABLE sightings (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    batch_id BLOB NOT NULL CHECK (length(batch_id) = 16),
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    mac TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    conversations INTEGER NOT NULL,
    peers INTEGER NOT NULL,
    protocols TEXT NOT NULL,
    ports TEXT NOT NULL,
    recorded_from INTEGER NOT NULL,
    PRIMARY KEY (organization_id, batch_id, address),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, batch_id) REFERENCES batches (organization_id, id)
) STRICT;
CREATE INDEX sightings_by_address_key ON sightings (organization_id, address_key, address);
CREATE TRIGGER sightings_frozen BEFORE UPDATE ON sightings
BEGIN SELECT RAISE(ABORT, 'sightings is append-only'); END;
CREATE TRIGGER sightings_kept BEFORE DELETE ON sightings
BEGIN SELECT RAISE(ABORT, 'sightings is append-only'); END;

CREATE TABLE discoveries (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER discoveries_frozen BEFORE UPDATE ON discoveries
BEGIN SELECT RAISE(ABORT, 'discoveries is append-only'); END;
CREATE TRIGGER discoveries_kept BEFORE DELETE ON discoveries
BEGIN SELECT RAISE(ABORT, 'discoveries is append-only'); END;
CREATE TABLE discovery_versions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    record TEXT NOT NULL,
    salt BLOB NOT NULL,
    address TEXT NOT NULL,
    decision TEXT NOT NULL,
    asset_id BLOB CHECK (asset_id IS NULL OR length(asset_id) = 16),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES discoveries (organization_id, id),
    FOREIGN KEY (organization_id, asset_id) REFERENCES assets (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX discovery_versions_open ON discovery_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX discovery_versions_moment ON discovery_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX discovery_versions_address ON discovery_versions (organization_id, address) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER discovery_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, address, decision, asset_id ON discovery_versions
BEGIN SELECT RAISE(ABORT, 'discovery_versions is append-only'); END;
CREATE TRIGGER discovery_versions_closing BEFORE UPDATE OF recorded_until ON discovery_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'discovery_versions closes once'); END;
CREATE TRIGGER discovery_versions_kept BEFORE DELETE ON discovery_versions
BEGIN SELECT RAISE(ABORT, 'discovery_versions is append-only'); END;

CREATE TABLE packages (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER packages_frozen BEFORE UPDATE ON packages
BEGIN SELECT RAISE(ABORT, 'packages is append-only'); END;
CREATE TRIGGER packages_kept BEFORE DELETE ON packages
BEGIN SELECT RAISE(ABORT, 'packages is append-only'); END;
CREATE TABLE package_versions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    record TEXT NOT NULL,
    salt BLOB NOT NULL,
    state TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES packages (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX package_versions_open ON package_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX package_versions_moment ON package_versions (organization_id, recorded_from);
CREATE TRIGGER package_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, state, name ON package_versions
BEGIN SELECT RAISE(ABORT, 'package_versions is append-only'); END;
CREATE TRIGGER package_versions_closing BEFORE UPDATE OF recorded_until ON package_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'package_versions closes once'); END;
CREATE TRIGGER package_versions_kept BEFORE DELETE ON package_versions
BEGIN SELECT RAISE(ABORT, 'package_versions is append-only'); END;
