-- Batches of observations, the hosts they saw, what people decided about them, and evidence packages.

CREATE TABLE batches (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER batches_frozen BEFORE UPDATE ON batches FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER batches_kept BEFORE DELETE ON batches FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER batches_whole BEFORE TRUNCATE ON batches FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE batches ENABLE ROW LEVEL SECURITY;
ALTER TABLE batches FORCE ROW LEVEL SECURITY;
CREATE POLICY batches_organization ON batches USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON batches TO glance_app;
CREATE TABLE batch_versions (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    record TEXT COLLATE "C" NOT NULL,
    salt BYTEA NOT NULL,
    sensor TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES batches (organization_id, id)
);
CREATE UNIQUE INDEX batch_versions_open ON batch_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX batch_versions_moment ON batch_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX batch_versions_sensor_and_digest ON batch_versions (organization_id, sensor, digest) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER batch_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, sensor, digest ON batch_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER batch_versions_closing BEFORE UPDATE OF recorded_until ON batch_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER batch_versions_kept BEFORE DELETE ON batch_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER batch_versions_whole BEFORE TRUNCATE ON batch_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE batch_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE batch_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY batch_versions_organization ON batch_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON batch_versions TO glance_app;

CREATE TABLE sightings (
    organization_id UUID NOT NULL,
    batch_id UUID NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    address_key TEXT COLLATE "C" NOT NULL,
    mac TEXT COLLATE "C" NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    conversations BIGINT NOT NULL,
    peers BIGINT NOT NULL,
    protocols TEXT COLLATE "C" NOT NULL,
    ports TEXT COLLATE "C" NOT NULL,
    recorded_from BIGINT NOT NULL,
    PRIMARY KEY (organization_id, batch_id, address),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, batch_id) REFERENCES batches (organization_id, id)
);
CREATE INDEX sightings_by_address_key ON sightings (organization_id, address_key, address);
CREATE TRIGGER sightings_frozen BEFORE UPDATE ON sightings FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER sightings_kept BEFORE DELETE ON sightings FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER sightings_whole BEFORE TRUNCATE ON sightings FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE sightings ENABLE ROW LEVEL SECURITY;
ALTER TABLE sightings FORCE ROW LEVEL SECURITY;
CREATE POLICY sightings_organization ON sightings USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON sightings TO glance_app;

CREATE TABLE discoveries (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER discoveries_frozen BEFORE UPDATE ON discoveries FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER discoveries_kept BEFORE DELETE ON discoveries FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER discoveries_whole BEFORE TRUNCATE ON discoveries FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE discoveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE discoveries FORCE ROW LEVEL SECURITY;
CREATE POLICY discoveries_organization ON discoveries USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON discoveries TO glance_app;
CREATE TABLE discovery_versions (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    record TEXT COLLATE "C" NOT NULL,
    salt BYTEA NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    decision TEXT COLLATE "C" NOT NULL,
    asset_id UUID,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES discoveries (organization_id, id),
    FOREIGN KEY (organization_id, asset_id) REFERENCES assets (organization_id, id)
);
CREATE UNIQUE INDEX discovery_versions_open ON discovery_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX discovery_versions_moment ON discovery_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX discovery_versions_address ON discovery_versions (organization_id, address) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER discovery_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, address, decision, asset_id ON discovery_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER discovery_versions_closing BEFORE UPDATE OF recorded_until ON discovery_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER discovery_versions_kept BEFORE DELETE ON discovery_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER discovery_versions_whole BEFORE TRUNCATE ON discovery_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE discovery_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE discovery_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY discovery_versions_organization ON discovery_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON discovery_versions TO glance_app;

CREATE TABLE packages (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER packages_frozen BEFORE UPDATE ON packages FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER packages_kept BEFORE DELETE ON packages FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER packages_whole BEFORE TRUNCATE ON packages FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE packages ENABLE ROW LEVEL SECURITY;
ALTER TABLE packages FORCE ROW LEVEL SECURITY;
CREATE POLICY packages_organization ON packages USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON packages TO glance_app;
CREATE TABLE package_versions (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    record TEXT COLLATE "C" NOT NULL,
    salt BYTEA NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES packages (organization_id, id)
);
CREATE UNIQUE INDEX package_versions_open ON package_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX package_versions_moment ON package_versions (organization_id, recorded_from);
CREATE TRIGGER package_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, state, name ON package_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER package_versions_closing BEFORE UPDATE OF recorded_until ON package_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER package_versions_kept BEFORE DELETE ON package_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER package_versions_whole BEFORE TRUNCATE ON package_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE package_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE package_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY package_versions_organization ON package_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON package_versions TO glance_app;
