-- Conduits between zones, and the flows they permit.

CREATE TABLE conduits (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER conduits_frozen BEFORE UPDATE ON conduits FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER conduits_kept BEFORE DELETE ON conduits FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER conduits_whole BEFORE TRUNCATE ON conduits FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE conduits ENABLE ROW LEVEL SECURITY;
ALTER TABLE conduits FORCE ROW LEVEL SECURITY;
CREATE POLICY conduits_organization ON conduits USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON conduits TO glance_app;
CREATE TABLE conduit_versions (
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
    from_zone_id UUID,
    to_zone_id UUID,
    status TEXT COLLATE "C" NOT NULL,
    review_due TEXT COLLATE "C" NOT NULL,
    retired BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES conduits (organization_id, id),
    FOREIGN KEY (organization_id, from_zone_id) REFERENCES zones (organization_id, id),
    FOREIGN KEY (organization_id, to_zone_id) REFERENCES zones (organization_id, id)
);
CREATE UNIQUE INDEX conduit_versions_open ON conduit_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX conduit_versions_moment ON conduit_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX conduit_versions_unique_reference_folded ON conduit_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX conduit_versions_by_reference_key ON conduit_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX conduit_versions_by_from_zone_id ON conduit_versions (organization_id, from_zone_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX conduit_versions_by_to_zone_id ON conduit_versions (organization_id, to_zone_id, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER conduit_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, from_zone_id, to_zone_id, status, review_due, retired ON conduit_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER conduit_versions_closing BEFORE UPDATE OF recorded_until ON conduit_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER conduit_versions_kept BEFORE DELETE ON conduit_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER conduit_versions_whole BEFORE TRUNCATE ON conduit_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE conduit_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE conduit_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY conduit_versions_organization ON conduit_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON conduit_versions TO glance_app;

CREATE TABLE permitted_flows (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER permitted_flows_frozen BEFORE UPDATE ON permitted_flows FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER permitted_flows_kept BEFORE DELETE ON permitted_flows FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER permitted_flows_whole BEFORE TRUNCATE ON permitted_flows FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE permitted_flows ENABLE ROW LEVEL SECURITY;
ALTER TABLE permitted_flows FORCE ROW LEVEL SECURITY;
CREATE POLICY permitted_flows_organization ON permitted_flows USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON permitted_flows TO glance_app;
CREATE TABLE permitted_flow_versions (
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
    conduit_id UUID,
    transport TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    expires_on TEXT COLLATE "C" NOT NULL,
    retired BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES permitted_flows (organization_id, id),
    FOREIGN KEY (organization_id, conduit_id) REFERENCES conduits (organization_id, id)
);
CREATE UNIQUE INDEX permitted_flow_versions_open ON permitted_flow_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX permitted_flow_versions_moment ON permitted_flow_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX permitted_flow_versions_unique_reference_folded ON permitted_flow_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX permitted_flow_versions_by_reference_key ON permitted_flow_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX permitted_flow_versions_by_conduit_id ON permitted_flow_versions (organization_id, conduit_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX permitted_flow_versions_by_expires_on ON permitted_flow_versions (organization_id, expires_on, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER permitted_flow_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, conduit_id, transport, status, expires_on, retired ON permitted_flow_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER permitted_flow_versions_closing BEFORE UPDATE OF recorded_until ON permitted_flow_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER permitted_flow_versions_kept BEFORE DELETE ON permitted_flow_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER permitted_flow_versions_whole BEFORE TRUNCATE ON permitted_flow_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE permitted_flow_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE permitted_flow_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY permitted_flow_versions_organization ON permitted_flow_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON permitted_flow_versions TO glance_app;
