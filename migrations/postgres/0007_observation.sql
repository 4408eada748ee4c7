-- Sensors, flows as deltas per batch with their running totals, and what is known of hosts that were seen.

CREATE TABLE sensors (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER sensors_frozen BEFORE UPDATE ON sensors FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER sensors_kept BEFORE DELETE ON sensors FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER sensors_whole BEFORE TRUNCATE ON sensors FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE sensors ENABLE ROW LEVEL SECURITY;
ALTER TABLE sensors FORCE ROW LEVEL SECURITY;
CREATE POLICY sensors_organization ON sensors USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON sensors TO glance_app;
CREATE TABLE sensor_versions (
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
    kind TEXT COLLATE "C" NOT NULL,
    retired BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES sensors (organization_id, id)
);
CREATE UNIQUE INDEX sensor_versions_open ON sensor_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX sensor_versions_moment ON sensor_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX sensor_versions_unique_reference_folded ON sensor_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX sensor_versions_by_reference_key ON sensor_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER sensor_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, kind, retired ON sensor_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER sensor_versions_closing BEFORE UPDATE OF recorded_until ON sensor_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER sensor_versions_kept BEFORE DELETE ON sensor_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER sensor_versions_whole BEFORE TRUNCATE ON sensor_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE sensor_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sensor_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY sensor_versions_organization ON sensor_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON sensor_versions TO glance_app;

CREATE TABLE batch_spans (
    organization_id UUID NOT NULL,
    batch_id UUID NOT NULL,
    sensor_id UUID NOT NULL,
    data_from BIGINT NOT NULL,
    data_until BIGINT NOT NULL,
    recorded_from BIGINT NOT NULL,
    PRIMARY KEY (organization_id, batch_id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, batch_id) REFERENCES batches (organization_id, id),
    FOREIGN KEY (organization_id, sensor_id) REFERENCES sensors (organization_id, id)
);
CREATE INDEX batch_spans_by_sensor_id_and_data_until ON batch_spans (organization_id, sensor_id, data_until);
CREATE TRIGGER batch_spans_frozen BEFORE UPDATE ON batch_spans FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER batch_spans_kept BEFORE DELETE ON batch_spans FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER batch_spans_whole BEFORE TRUNCATE ON batch_spans FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE batch_spans ENABLE ROW LEVEL SECURITY;
ALTER TABLE batch_spans FORCE ROW LEVEL SECURITY;
CREATE POLICY batch_spans_organization ON batch_spans USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON batch_spans TO glance_app;

CREATE TABLE flow_deltas (
    organization_id UUID NOT NULL,
    batch_id UUID NOT NULL,
    flow_id UUID NOT NULL,
    sensor_id UUID NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    source_key TEXT COLLATE "C" NOT NULL,
    destination TEXT COLLATE "C" NOT NULL,
    destination_key TEXT COLLATE "C" NOT NULL,
    protocol TEXT COLLATE "C" NOT NULL,
    port BIGINT NOT NULL,
    service TEXT COLLATE "C" NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    connections BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    received BIGINT NOT NULL,
    states BIGINT NOT NULL,
    recorded_from BIGINT NOT NULL,
    PRIMARY KEY (organization_id, batch_id, flow_id),
    FOREIGN KEY (organization_id, batch_id) REFERENCES batches (organization_id, id)
);
CREATE TRIGGER flow_deltas_frozen BEFORE UPDATE ON flow_deltas FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER flow_deltas_kept BEFORE DELETE ON flow_deltas FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER flow_deltas_whole BEFORE TRUNCATE ON flow_deltas FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE flow_deltas ENABLE ROW LEVEL SECURITY;
ALTER TABLE flow_deltas FORCE ROW LEVEL SECURITY;
CREATE POLICY flow_deltas_organization ON flow_deltas USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON flow_deltas TO glance_app;

CREATE TABLE flow_totals (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    sensor_id UUID NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    source_key TEXT COLLATE "C" NOT NULL,
    destination TEXT COLLATE "C" NOT NULL,
    destination_key TEXT COLLATE "C" NOT NULL,
    protocol TEXT COLLATE "C" NOT NULL,
    port BIGINT NOT NULL,
    service TEXT COLLATE "C" NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    connections BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    received BIGINT NOT NULL,
    states BIGINT NOT NULL,
    reached TEXT COLLATE "C" NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id, recorded_until),
    FOREIGN KEY (organization_id, sensor_id) REFERENCES sensors (organization_id, id)
);
CREATE TRIGGER flow_totals_frozen BEFORE UPDATE OF organization_id, id, sensor_id, source, source_key, destination, destination_key, protocol, port, service, first_seen, last_seen, connections, answered, refused, sent, received, states, reached, recorded_from ON flow_totals FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER flow_totals_closing BEFORE UPDATE OF recorded_until ON flow_totals FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER flow_totals_kept BEFORE DELETE ON flow_totals FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER flow_totals_whole BEFORE TRUNCATE ON flow_totals FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE flow_totals ENABLE ROW LEVEL SECURITY;
ALTER TABLE flow_totals FORCE ROW LEVEL SECURITY;
CREATE POLICY flow_totals_organization ON flow_totals USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON flow_totals TO glance_app;

CREATE TABLE observed_hosts (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    address_key TEXT COLLATE "C" NOT NULL,
    mac TEXT COLLATE "C" NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    conversations BIGINT NOT NULL,
    peers BIGINT NOT NULL,
    protocols TEXT COLLATE "C" NOT NULL,
    ports TEXT COLLATE "C" NOT NULL,
    vendor TEXT COLLATE "C" NOT NULL,
    product TEXT COLLATE "C" NOT NULL,
    model TEXT COLLATE "C" NOT NULL,
    firmware TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    software TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    search TEXT COLLATE "C" NOT NULL,
    sensor_id UUID NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id, recorded_until),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, sensor_id) REFERENCES sensors (organization_id, id)
);
CREATE TRIGGER observed_hosts_frozen BEFORE UPDATE OF organization_id, id, address, address_key, mac, first_seen, last_seen, conversations, peers, protocols, ports, vendor, product, model, firmware, serial, name, software, kind, search, sensor_id, recorded_from ON observed_hosts FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER observed_hosts_closing BEFORE UPDATE OF recorded_until ON observed_hosts FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER observed_hosts_kept BEFORE DELETE ON observed_hosts FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER observed_hosts_whole BEFORE TRUNCATE ON observed_hosts FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE observed_hosts ENABLE ROW LEVEL SECURITY;
ALTER TABLE observed_hosts FORCE ROW LEVEL SECURITY;
CREATE POLICY observed_hosts_organization ON observed_hosts USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON observed_hosts TO glance_app;

CREATE INDEX flow_totals_open_by_last_seen ON flow_totals (organization_id, last_seen, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX flow_totals_open_by_source_key ON flow_totals (organization_id, source_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX flow_totals_open_by_destination_key ON flow_totals (organization_id, destination_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX flow_totals_open_by_connections ON flow_totals (organization_id, connections, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX observed_hosts_open_by_address_key ON observed_hosts (organization_id, address_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX observed_hosts_open_by_last_seen ON observed_hosts (organization_id, last_seen, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX observed_hosts_open_by_first_seen ON observed_hosts (organization_id, first_seen, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX observed_hosts_open_by_conversations ON observed_hosts (organization_id, conversations, id) WHERE recorded_until = 9000000000000000;

-- What a batch's logs told of a host beside its conversations.
ALTER TABLE sightings ADD COLUMN vendor TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE sightings ADD COLUMN product TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE sightings ADD COLUMN model TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE sightings ADD COLUMN firmware TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE sightings ADD COLUMN serial TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE sightings ADD COLUMN name TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE sightings ADD COLUMN software TEXT COLLATE "C" NOT NULL DEFAULT '';
