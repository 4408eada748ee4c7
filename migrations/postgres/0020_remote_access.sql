-- Remote access: grants, and sessions as their gateways told of them.

CREATE TABLE grants (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER grants_frozen BEFORE UPDATE ON grants FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER grants_kept BEFORE DELETE ON grants FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER grants_whole BEFORE TRUNCATE ON grants FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE grants ENABLE ROW LEVEL SECURITY;
ALTER TABLE grants FORCE ROW LEVEL SECURITY;
CREATE POLICY grants_organization ON grants USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON grants TO glance_app;
CREATE TABLE grant_versions (
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
    person_id UUID,
    vendor_id UUID,
    via_id UUID,
    status TEXT COLLATE "C" NOT NULL,
    valid_until TEXT COLLATE "C" NOT NULL,
    retired BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES grants (organization_id, id),
    FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id),
    FOREIGN KEY (organization_id, vendor_id) REFERENCES vendors (organization_id, id),
    FOREIGN KEY (organization_id, via_id) REFERENCES assets (organization_id, id)
);
CREATE UNIQUE INDEX grant_versions_open ON grant_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX grant_versions_moment ON grant_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX grant_versions_unique_reference_folded ON grant_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX grant_versions_by_reference_key ON grant_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX grant_versions_by_person_id ON grant_versions (organization_id, person_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX grant_versions_by_vendor_id ON grant_versions (organization_id, vendor_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX grant_versions_by_vendor_id_and_valid_until ON grant_versions (organization_id, vendor_id, valid_until, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX grant_versions_by_via_id ON grant_versions (organization_id, via_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX grant_versions_by_valid_until ON grant_versions (organization_id, valid_until, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX grant_versions_by_status ON grant_versions (organization_id, status, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER grant_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, kind, person_id, vendor_id, via_id, status, valid_until, retired ON grant_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER grant_versions_closing BEFORE UPDATE OF recorded_until ON grant_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER grant_versions_kept BEFORE DELETE ON grant_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER grant_versions_whole BEFORE TRUNCATE ON grant_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE grant_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE grant_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY grant_versions_organization ON grant_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON grant_versions TO glance_app;

CREATE TABLE grant_targets (
    organization_id UUID NOT NULL,
    grant_id UUID NOT NULL,
    asset_id UUID NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    PRIMARY KEY (organization_id, grant_id, asset_id, recorded_until),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, grant_id) REFERENCES grants (organization_id, id),
    FOREIGN KEY (organization_id, asset_id) REFERENCES assets (organization_id, id)
);
CREATE INDEX grant_targets_by_asset_id_and_grant_id ON grant_targets (organization_id, asset_id, grant_id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER grant_targets_frozen BEFORE UPDATE OF organization_id, grant_id, asset_id, recorded_from ON grant_targets FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER grant_targets_closing BEFORE UPDATE OF recorded_until ON grant_targets FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER grant_targets_kept BEFORE DELETE ON grant_targets FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER grant_targets_whole BEFORE TRUNCATE ON grant_targets FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE grant_targets ENABLE ROW LEVEL SECURITY;
ALTER TABLE grant_targets FORCE ROW LEVEL SECURITY;
CREATE POLICY grant_targets_organization ON grant_targets USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON grant_targets TO glance_app;

CREATE TABLE grant_systems (
    organization_id UUID NOT NULL,
    grant_id UUID NOT NULL,
    system_id UUID NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    PRIMARY KEY (organization_id, grant_id, system_id, recorded_until),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, grant_id) REFERENCES grants (organization_id, id),
    FOREIGN KEY (organization_id, system_id) REFERENCES systems (organization_id, id)
);
CREATE INDEX grant_systems_by_system_id_and_grant_id ON grant_systems (organization_id, system_id, grant_id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER grant_systems_frozen BEFORE UPDATE OF organization_id, grant_id, system_id, recorded_from ON grant_systems FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER grant_systems_closing BEFORE UPDATE OF recorded_until ON grant_systems FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER grant_systems_kept BEFORE DELETE ON grant_systems FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER grant_systems_whole BEFORE TRUNCATE ON grant_systems FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE grant_systems ENABLE ROW LEVEL SECURITY;
ALTER TABLE grant_systems FORCE ROW LEVEL SECURITY;
CREATE POLICY grant_systems_organization ON grant_systems USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON grant_systems TO glance_app;

CREATE TABLE session_batches (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER session_batches_frozen BEFORE UPDATE ON session_batches FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER session_batches_kept BEFORE DELETE ON session_batches FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER session_batches_whole BEFORE TRUNCATE ON session_batches FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE session_batches ENABLE ROW LEVEL SECURITY;
ALTER TABLE session_batches FORCE ROW LEVEL SECURITY;
CREATE POLICY session_batches_organization ON session_batches USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON session_batches TO glance_app;
CREATE TABLE session_batch_versions (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    record TEXT COLLATE "C" NOT NULL,
    salt BYTEA NOT NULL,
    gateway_id UUID NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    data_until BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES session_batches (organization_id, id),
    FOREIGN KEY (organization_id, gateway_id) REFERENCES assets (organization_id, id)
);
CREATE UNIQUE INDEX session_batch_versions_open ON session_batch_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX session_batch_versions_moment ON session_batch_versions (organization_id, recorded_from);
CREATE INDEX session_batch_versions_by_gateway_id_and_data_until ON session_batch_versions (organization_id, gateway_id, data_until, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX session_batch_versions_by_gateway_id_and_recorded_from ON session_batch_versions (organization_id, gateway_id, recorded_from, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX session_batch_versions_by_gateway_id_and_digest ON session_batch_versions (organization_id, gateway_id, digest, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER session_batch_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, gateway_id, digest, data_until ON session_batch_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER session_batch_versions_closing BEFORE UPDATE OF recorded_until ON session_batch_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER session_batch_versions_kept BEFORE DELETE ON session_batch_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER session_batch_versions_whole BEFORE TRUNCATE ON session_batch_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE session_batch_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE session_batch_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY session_batch_versions_organization ON session_batch_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON session_batch_versions TO glance_app;

CREATE TABLE session_events (
    organization_id UUID NOT NULL,
    batch_id UUID NOT NULL,
    n BIGINT NOT NULL,
    session_id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    record TEXT COLLATE "C" NOT NULL,
    recorded_from BIGINT NOT NULL,
    PRIMARY KEY (organization_id, batch_id, n),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, batch_id) REFERENCES session_batches (organization_id, id)
);
CREATE INDEX session_events_by_session_id_and_at ON session_events (organization_id, session_id, at);
CREATE TRIGGER session_events_frozen BEFORE UPDATE ON session_events FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER session_events_kept BEFORE DELETE ON session_events FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER session_events_whole BEFORE TRUNCATE ON session_events FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE session_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE session_events FORCE ROW LEVEL SECURITY;
CREATE POLICY session_events_organization ON session_events USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON session_events TO glance_app;

CREATE TABLE remote_sessions (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    gateway_id UUID NOT NULL,
    batch_id UUID NOT NULL,
    session_key TEXT COLLATE "C" NOT NULL,
    account_folded TEXT COLLATE "C" NOT NULL,
    vendor_folded TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    started_at BIGINT NOT NULL,
    last_activity_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    record TEXT COLLATE "C" NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id, recorded_until),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, gateway_id) REFERENCES assets (organization_id, id),
    FOREIGN KEY (organization_id, batch_id) REFERENCES session_batches (organization_id, id)
);
CREATE INDEX remote_sessions_by_batch_id ON remote_sessions (organization_id, batch_id);
CREATE INDEX remote_sessions_by_started_at ON remote_sessions (organization_id, started_at, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX remote_sessions_by_gateway_id_and_started_at ON remote_sessions (organization_id, gateway_id, started_at, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX remote_sessions_by_ended_at ON remote_sessions (organization_id, ended_at, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX remote_sessions_by_last_activity_at ON remote_sessions (organization_id, last_activity_at, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX remote_sessions_by_account_folded ON remote_sessions (organization_id, account_folded, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER remote_sessions_frozen BEFORE UPDATE OF organization_id, id, gateway_id, batch_id, session_key, account_folded, vendor_folded, kind, started_at, last_activity_at, ended_at, record, recorded_from ON remote_sessions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER remote_sessions_closing BEFORE UPDATE OF recorded_until ON remote_sessions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER remote_sessions_kept BEFORE DELETE ON remote_sessions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER remote_sessions_whole BEFORE TRUNCATE ON remote_sessions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE remote_sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE remote_sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY remote_sessions_organization ON remote_sessions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON remote_sessions TO glance_app;
