-- Conduits between zones, and the flows they permit.

CREATE TABLE conduits (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER conduits_frozen BEFORE UPDATE ON conduits
BEGIN SELECT RAISE(ABORT, 'conduits is append-only'); END;
CREATE TRIGGER conduits_kept BEFORE DELETE ON conduits
BEGIN SELECT RAISE(ABORT, 'conduits is append-only'); END;
CREATE TABLE conduit_versions (
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
    from_zone_id BLOB CHECK (length(from_zone_id) = 16),
    to_zone_id BLOB CHECK (length(to_zone_id) = 16),
    status TEXT NOT NULL,
    review_due TEXT NOT NULL,
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES conduits (organization_id, id),
    FOREIGN KEY (organization_id, from_zone_id) REFERENCES zones (organization_id, id),
    FOREIGN KEY (organization_id, to_zone_id) REFERENCES zones (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX conduit_versions_open ON conduit_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX conduit_versions_moment ON conduit_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX conduit_versions_unique_reference_folded ON conduit_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX conduit_versions_by_reference_key ON conduit_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX conduit_versions_by_from_zone_id ON conduit_versions (organization_id, from_zone_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX conduit_versions_by_to_zone_id ON conduit_versions (organization_id, to_zone_id, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER conduit_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, from_zone_id, to_zone_id, status, review_due, retired ON conduit_versions
BEGIN SELECT RAISE(ABORT, 'conduit_versions is append-only'); END;
CREATE TRIGGER conduit_versions_closing BEFORE UPDATE OF recorded_until ON conduit_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'conduit_versions closes once'); END;
CREATE TRIGGER conduit_versions_kept BEFORE DELETE ON conduit_versions
BEGIN SELECT RAISE(ABORT, 'conduit_versions is append-only'); END;

CREATE TABLE permitted_flows (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER permitted_flows_frozen BEFORE UPDATE ON permitted_flows
BEGIN SELECT RAISE(ABORT, 'permitted_flows is append-only'); END;
CREATE TRIGGER permitted_flows_kept BEFORE DELETE ON permitted_flows
BEGIN SELECT RAISE(ABORT, 'permitted_flows is append-only'); END;
CREATE TABLE permitted_flow_versions (
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
    conduit_id BLOB CHECK (length(conduit_id) = 16),
    transport TEXT NOT NULL,
    status TEXT NOT NULL,
    expires_on TEXT NOT NULL,
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES permitted_flows (organization_id, id),
    FOREIGN KEY (organization_id, conduit_id) REFERENCES conduits (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX permitted_flow_versions_open ON permitted_flow_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX permitted_flow_versions_moment ON permitted_flow_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX permitted_flow_versions_unique_reference_folded ON permitted_flow_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX permitted_flow_versions_by_reference_key ON permitted_flow_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX permitted_flow_versions_by_conduit_id ON permitted_flow_versions (organization_id, conduit_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX permitted_flow_versions_by_expires_on ON permitted_flow_versions (organization_id, expires_on, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER permitted_flow_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, conduit_id, transport, status, expires_on, retired ON permitted_flow_versions
BEGIN SELECT RAISE(ABORT, 'permitted_flow_versions is append-only'); END;
CREATE TRIGGER permitted_flow_versions_closing BEFORE UPDATE OF recorded_until ON permitted_flow_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'permitted_flow_versions closes once'); END;
CREATE TRIGGER permitted_flow_versions_kept BEFORE DELETE ON permitted_flow_versions
BEGIN SELECT RAISE(ABORT, 'permitted_flow_versions is append-only'); END;
