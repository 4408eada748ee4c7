-- Terminations and transfers, with what had to be removed.

CREATE TABLE departures (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER departures_frozen BEFORE UPDATE ON departures FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER departures_kept BEFORE DELETE ON departures FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER departures_whole BEFORE TRUNCATE ON departures FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE departures ENABLE ROW LEVEL SECURITY;
ALTER TABLE departures FORCE ROW LEVEL SECURITY;
CREATE POLICY departures_organization ON departures USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON departures TO glance_app;
CREATE TABLE departure_versions (
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
    person_id UUID,
    kind TEXT COLLATE "C" NOT NULL,
    action_at BIGINT NOT NULL,
    retired BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES departures (organization_id, id),
    FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
);
CREATE UNIQUE INDEX departure_versions_open ON departure_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX departure_versions_moment ON departure_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX departure_versions_unique_reference_folded ON departure_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX departure_versions_by_reference_key ON departure_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX departure_versions_by_person_id ON departure_versions (organization_id, person_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX departure_versions_by_action_at ON departure_versions (organization_id, action_at, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER departure_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, person_id, kind, action_at, retired ON departure_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER departure_versions_closing BEFORE UPDATE OF recorded_until ON departure_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER departure_versions_kept BEFORE DELETE ON departure_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER departure_versions_whole BEFORE TRUNCATE ON departure_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE departure_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE departure_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY departure_versions_organization ON departure_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON departure_versions TO glance_app;
