-- What a conduit is enforced by and brokered by, and the orders of the lists of the boundary.

ALTER TABLE conduit_versions ADD COLUMN eap_id BLOB CHECK (length(eap_id) = 16);
ALTER TABLE conduit_versions ADD COLUMN broker_id BLOB CHECK (length(broker_id) = 16);
DROP TRIGGER conduit_versions_frozen;
CREATE TRIGGER conduit_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, from_zone_id, to_zone_id, status, review_due, retired, eap_id, broker_id ON conduit_versions
BEGIN SELECT RAISE(ABORT, 'conduit_versions is append-only'); END;
CREATE INDEX conduit_versions_by_eap_id ON conduit_versions (organization_id, eap_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX conduit_versions_by_broker_id ON conduit_versions (organization_id, broker_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX conduit_versions_by_status ON conduit_versions (organization_id, status, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX conduit_versions_by_review_due ON conduit_versions (organization_id, review_due, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX permitted_flow_versions_by_status ON permitted_flow_versions (organization_id, status, id) WHERE recorded_until = 9000000000000000;
