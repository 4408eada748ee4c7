-- What was done to a device inside a flow: one bit per operation (src/flows/operations.rs).

ALTER TABLE flow_deltas ADD COLUMN operations INTEGER NOT NULL DEFAULT 0;
ALTER TABLE flow_totals ADD COLUMN operations INTEGER NOT NULL DEFAULT 0;
DROP TRIGGER flow_totals_frozen;
CREATE TRIGGER flow_totals_frozen BEFORE UPDATE OF organization_id, id, sensor_id, source, source_key, destination, destination_key, protocol, port, service, first_seen, last_seen, connections, answered, refused, sent, received, states, reached, operations, recorded_from ON flow_totals
BEGIN SELECT RAISE(ABORT, 'flow_totals is append-only'); END;
