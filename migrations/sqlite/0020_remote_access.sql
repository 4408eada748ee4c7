-- Remote access: grants, and sessions as their gateways told of them.

CREATE TABLE grants (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER grants_frozen BEFORE UPDATE ON grants
BEGIN SELECT RAISE(ABORT, 'grants is append-only'); END;
CREATE TRIGGER grants_kept BEFORE DELETE ON grants
BEGIN SELECT RAISE(ABORT, 'grants is append-only'); END;
CREATE TABLE grant_versions (
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
    person_id BLOB CHECK (length(person_id) = 16),
    vendor_id BLOB CHECK (length(vendor_id) = 16),
    via_id BLOB CHECK (length(via_id) = 16),
    status TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES grants (organization_id, id),
    FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id),
    FOREIGN KEY (organization_id, vendor_id) REFERENCES vendors (organization_id, id),
    FOREIGN KEY (organization_id, via_id) REFERENCES assets (organization_id, id)
) STRICT;
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
CREATE TRIGGER grant_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, kind, person_id, vendor_id, via_id, status, valid_until, retired ON grant_versions
BEGIN SELECT RAISE(ABORT, 'grant_versions is append-only'); END;
CREATE TRIGGER grant_versions_closing BEFORE UPDATE OF recorded_until ON grant_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'grant_versions closes once'); END;
CREATE TRIGGER grant_versions_kept BEFORE DELETE ON grant_versions
BEGIN SELECT RAISE(ABORT, 'grant_versions is append-only'); END;

CREATE TABLE grant_targets (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    grant_id BLOB NOT NULL CHECK (length(grant_id) = 16),
    asset_id BLOB NOT NULL CHECK (length(asset_id) = 16),
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    PRIMARY KEY (organization_id, grant_id, asset_id, recorded_until),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, grant_id) REFERENCES grants (organization_id, id),
    FOREIGN KEY (organization_id, asset_id) REFERENCES assets (organization_id, id)
) STRICT;
CREATE INDEX grant_targets_by_asset_id_and_grant_id ON grant_targets (organization_id, asset_id, grant_id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER grant_targets_frozen BEFORE UPDATE OF organization_id, grant_id, asset_id, recorded_from ON grant_targets
BEGIN SELECT RAISE(ABORT, 'grant_targets is append-only'); END;
CREATE TRIGGER grant_targets_closing BEFORE UPDATE OF recorded_until ON grant_targets
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'grant_targets closes once'); END;
CREATE TRIGGER grant_targets_kept BEFORE DELETE ON grant_targets
BEGIN SELECT RAISE(ABORT, 'grant_targets is append-only'); END;

CREATE TABLE grant_systems (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    grant_id BLOB NOT NULL CHECK (length(grant_id) = 16),
    system_id BLOB NOT NULL CHECK (length(system_id) = 16),
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    PRIMARY KEY (organization_id, grant_id, system_id, recorded_until),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, grant_id) REFERENCES grants (organization_id, id),
    FOREIGN KEY (organization_id, system_id) REFERENCES systems (organization_id, id)
) STRICT;
CREATE INDEX grant_systems_by_system_id_and_grant_id ON grant_systems (organization_id, system_id, grant_id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER grant_systems_frozen BEFORE UPDATE OF organization_id, grant_id, system_id, recorded_from ON grant_systems
BEGIN SELECT RAISE(ABORT, 'grant_systems is append-only'); END;
CREATE TRIGGER grant_systems_closing BEFORE UPDATE OF recorded_until ON grant_systems
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'grant_systems closes once'); END;
CREATE TRIGGER grant_systems_kept BEFORE DELETE ON grant_systems
BEGIN SELECT RAISE(ABORT, 'grant_systems is append-only'); END;

CREATE TABLE session_batches (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER session_batches_frozen BEFORE UPDATE ON session_batches
BEGIN SELECT RAISE(ABORT, 'session_batches is append-only'); END;
CREATE TRIGGER session_batches_kept BEFORE DELETE ON session_batches
BEGIN SELECT RAISE(ABORT, 'session_batches is append-only'); END;
CREATE TABLE session_batch_versions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    record TEXT NOT NULL,
    salt BLOB NOT NULL,
    gateway_id BLOB NOT NULL CHECK (length(gateway_id) = 16),
    digest TEXT NOT NULL,
    data_until INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES session_batches (organization_id, id),
    FOREIGN KEY (organization_id, gateway_id) REFERENCES assets (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX session_batch_versions_open ON session_batch_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX session_batch_versions_moment ON session_batch_versions (organization_id, recorded_from);
CREATE INDEX session_batch_versions_by_gateway_id_and_data_until ON session_batch_versions (organization_id, gateway_id, data_until, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX session_batch_versions_by_gateway_id_and_recorded_from ON session_batch_versions (organization_id, gateway_id, recorded_from, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX session_batch_versions_by_gateway_id_and_digest ON session_batch_versions (organization_id, gateway_id, digest, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER session_batch_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, gateway_id, digest, data_until ON session_batch_versions
BEGIN SELECT RAISE(ABORT, 'session_batch_versions is append-only'); END;
CREATE TRIGGER session_batch_versions_closing BEFORE UPDATE OF recorded_until ON session_batch_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'session_batch_versions closes once'); END;
CREATE TRIGGER session_batch_versions_kept BEFORE DELETE ON session_batch_versions
BEGIN SELECT RAISE(ABORT, 'session_batch_versions is append-only'); END;

CREATE TABLE session_events (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    batch_id BLOB NOT NULL CHECK (length(batch_id) = 16),
    n INTEGER NOT NULL,
    session_id BLOB NOT NULL CHECK (length(session_id) = 16),
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    record TEXT NOT NULL,
    recorded_from INTEGER NOT NULL,
    PRIMARY KEY (organization_id, batch_id, n),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, batch_id) REFERENCES session_batches (organization_id, id)
) STRICT;
CREATE INDEX session_events_by_session_id_and_at ON session_events (organization_id, session_id, at);
CREATE TRIGGER session_events_frozen BEFORE UPDATE ON session_events
BEGIN SELECT RAISE(ABORT, 'session_events is append-only'); END;
CREATE TRIGGER session_events_kept BEFORE DELETE ON session_events
BEGIN SELECT RAISE(ABORT, 'session_events is append-only'); END;

CREATE TABLE remote_sessions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    gateway_id BLOB NOT NULL CHECK (length(gateway_id) = 16),
    batch_id BLOB NOT NULL CHECK (length(batch_id) = 16),
    session_key TEXT NOT NULL,
    account_folded TEXT NOT NULL,
    vendor_folded TEXT NOT NULL,
    kind TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    last_activity_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    record TEXT NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id, recorded_until),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, gateway_id) REFERENCES assets (organization_id, id),
    FOREIGN KEY (organization_id, batch_id) REFERENCES session_batches (organization_id, id)
) STRICT;
CREATE INDEX remote_sessions_by_batch_id ON remote_sessions (organization_id, batch_id);
CREATE INDEX remote_sessions_by_started_at ON remote_sessions (organization_id, started_at, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX remote_sessions_by_gateway_id_and_started_at ON remote_sessions (organization_id, gateway_id, started_at, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX remote_sessions_by_ended_at ON remote_sessions (organization_id, ended_at, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX remote_sessions_by_last_activity_at ON remote_sessions (organization_id, last_activity_at, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX remote_sessions_by_account_folded ON remote_sessions (organization_id, account_folded, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER remote_sessions_frozen BEFORE UPDATE OF organization_id, id, gateway_id, batch_id, session_key, account_folded, vendor_folded, kind, started_at, last_activity_at, ended_at, record, recorded_from ON remote_sessions
BEGIN SELECT RAISE(ABORT, 'remote_sessions is append-only'); END;
CREATE TRIGGER remote_sessions_closing BEFORE UPDATE OF recorded_until ON remote_sessions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'remote_sessions closes once'); END;
CREATE TRIGGER remote_sessions_kept BEFORE DELETE ON remote_sessions
BEGIN SELECT RAISE(ABORT, 'remote_sessions is append-only'); END;
