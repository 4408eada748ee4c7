-- Sensors, flows as deltas per batch with their running totals, and what is known of hosts that were seen.

CREATE TABLE sensors (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER sensors_frozen BEFORE UPDATE ON sensors
BEGIN SELECT RAISE(ABORT, 'sensors is append-only'); END;
CREATE TRIGGER sensors_kept BEFORE DELETE ON sensors
BEGIN SELECT RAISE(ABORT, 'sensors is append-only'); END;
CREATE TABLE sensor_versions (
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
    kind TEXT NOT NULL,
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES sensors (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX sensor_versions_open ON sensor_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX sensor_versions_moment ON sensor_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX sensor_versions_unique_reference_folded ON sensor_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX sensor_versions_by_reference_key ON sensor_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER sensor_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, kind, retired ON sensor_versions
BEGIN SELECT RAISE(ABORT, 'sensor_versions is append-only'); END;
CREATE TRIGGER sensor_versions_closing BEFORE UPDATE OF recorded_until ON sensor_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'sensor_versions closes once'); END;
CREATE TRIGGER sensor_versions_kept BEFORE DELETE ON sensor_versions
BEGIN SELECT RAISE(ABORT, 'sensor_versions is append-only'); END;

CREATE TABLE batch_spans (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    batch_id BLOB NOT NULL CHECK (length(batch_id) = 16),
    sensor_id BLOB NOT NULL CHECK (length(sensor_id) = 16),
    data_from INTEGER NOT NULL,
    data_until INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    PRIMARY KEY (organization_id, batch_id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, batch_id) REFERENCES batches (organization_id, id),
    FOREIGN KEY (organization_id, sensor_id) REFERENCES sensors (organization_id, id)
) STRICT;
CREATE INDEX batch_spans_by_sensor_id_and_data_until ON batch_spans (organization_id, sensor_id, data_until);
CREATE TRIGGER batch_spans_frozen BEFORE UPDATE ON batch_spans
BEGIN SELECT RAISE(ABORT, 'batch_spans is append-only'); END;
CREATE TRIGGER batch_spans_kept BEFORE DELETE ON batch_spans
BEGIN SELECT RAISE(ABORT, 'batch_spans is append-only'); END;

CREATE TABLE flow_deltas (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    batch_id BLOB NOT NULL CHECK (length(batch_id) = 16),
    flow_id BLOB NOT NULL CHECK (length(flow_id) = 16),
    sensor_id BLOB NOT NULL CHECK (length(sensor_id) = 16),
    source TEXT NOT NULL,
    source_key TEXT NOT NULL,
    destination TEXT NOT NULL,
    destination_key TEXT NOT NULL,
    protocol TEXT NOT NULL,
    port INTEGER NOT NULL,
    service TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    connections INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    received INTEGER NOT NULL,
    states INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    PRIMARY KEY (organization_id, batch_id, flow_id),
    FOREIGN KEY (organization_id, batch_id) REFERENCES batches (organization_id, id)
) STRICT;
CREATE TRIGGER flow_deltas_frozen BEFORE UPDATE ON flow_deltas
BEGIN SELECT RAISE(ABORT, 'flow_deltas is append-only'); END;
CREATE TRIGGER flow_deltas_kept BEFORE DELETE ON flow_deltas
BEGIN SELECT RAISE(ABORT, 'flow_deltas is append-only'); END;

CREATE TABLE flow_totals (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    sensor_id BLOB NOT NULL CHECK (length(sensor_id) = 16),
    source TEXT NOT NULL,
    source_key TEXT NOT NULL,
    destination TEXT NOT NULL,
    destination_key TEXT NOT NULL,
    protocol TEXT NOT NULL,
    port INTEGER NOT NULL,
    service TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    connections INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    received INTEGER NOT NULL,
    states INTEGER NOT NULL,
    reached TEXT NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id, recorded_until),
    FOREIGN KEY (organization_id, sensor_id) REFERENCES sensors (organization_id, id)
) STRICT;
CREATE TRIGGER flow_totals_frozen BEFORE UPDATE OF organization_id, id, sensor_id, source, source_key, destination, destination_key, protocol, port, service, first_seen, last_seen, connections, answered, refused, sent, received, states, reached, recorded_from ON flow_totals
BEGIN SELECT RAISE(ABORT, 'flow_totals is append-only'); END;
CREATE TRIGGER flow_totals_closing BEFORE UPDATE OF recorded_until ON flow_totals
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'flow_totals closes once'); END;
CREATE TRIGGER flow_totals_kept BEFORE DELETE ON flow_totals
BEGIN SELECT RAISE(ABORT, 'flow_totals is append-only'); END;

CREATE TABLE observed_hosts (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    mac TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    conversations INTEGER NOT NULL,
    peers INTEGER NOT NULL,
    protocols TEXT NOT NULL,
    ports TEXT NOT NULL,
    vendor TEXT NOT NULL,
    product TEXT NOT NULL,
    model TEXT NOT NULL,
    firmware TEXT NOT NULL,
    serial TEXT NOT NULL,
    name TEXT NOT NULL,
    software TEXT NOT NULL,
    kind TEXT NOT NULL,
    search TEXT NOT NULL,
    sensor_id BLOB NOT NULL CHECK (length(sensor_id) = 16),
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id, recorded_until),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, sensor_id) REFERENCES sensors (organization_id, id)
) STRICT;
CREATE TRIGGER observed_hosts_frozen BEFORE UPDATE OF organization_id, id, address, address_key, mac, first_seen, last_seen, conversations, peers, protocols, ports, vendor, product, model, firmware, serial, name, software, kind, search, sensor_id, recorded_from ON observed_hosts
BEGIN SELECT RAISE(ABORT, 'observed_hosts is append-only'); END;
CREATE TRIGGER observed_hosts_closing BEFORE UPDATE OF recorded_until ON observed_hosts
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'observed_hosts closes once'); END;
CREATE TRIGGER observed_hosts_kept BEFORE DELETE ON observed_hosts
BEGIN SELECT RAISE(ABORT, 'observed_hosts is append-only'); END;

CREATE INDEX flow_totals_open_by_last_seen ON flow_totals (organization_id, last_seen, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX flow_totals_open_by_source_key ON flow_totals (organization_id, source_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX flow_totals_open_by_destination_key ON flow_totals (organization_id, destination_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX flow_totals_open_by_connections ON flow_totals (organization_id, connections, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX observed_hosts_open_by_address_key ON observed_hosts (organization_id, address_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX observed_hosts_open_by_last_seen ON observed_hosts (organization_id, last_seen, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX observed_hosts_open_by_first_seen ON observed_hosts (organization_id, first_seen, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX observed_hosts_open_by_conversations ON observed_hosts (organization_id, conversations, id) WHERE recorded_until = 9000000000000000;

-- What a batch's logs told of a host beside its conversations.
ALTER TABLE sightings ADD COLUMN vendor TEXT NOT NULL DEFAULT '';
ALTER TABLE sightings ADD COLUMN product TEXT NOT NULL DEFAULT '';
ALTER TABLE sightings ADD COLUMN model TEXT NOT NULL DEFAULT '';
ALTER TABLE sightings ADD COLUMN firmware TEXT NOT NULL DEFAULT '';
ALTER TABLE sightings ADD COLUMN serial TEXT NOT NULL DEFAULT '';
ALTER TABLE sightings ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE sightings ADD COLUMN software TEXT NOT NULL DEFAULT '';
