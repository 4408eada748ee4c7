-- Audit engagements, and which auditors were let in to one for how long.

CREATE TABLE engagements (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER engagements_frozen BEFORE UPDATE ON engagements FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER engagements_kept BEFORE DELETE ON engagements FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER engagements_whole BEFORE TRUNCATE ON engagements FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE engagements ENABLE ROW LEVEL SECURITY;
ALTER TABLE engagements FORCE ROW LEVEL SECURITY;
CREATE POLICY engagements_organization ON engagements USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON engagements TO glance_app;
CREATE TABLE engagement_versions (
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
    state TEXT COLLATE "C" NOT NULL,
    level_1_due TEXT COLLATE "C" NOT NULL,
    retired BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES engagements (organization_id, id)
);
CREATE UNIQUE INDEX engagement_versions_open ON engagement_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX engagement_versions_moment ON engagement_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX engagement_versions_unique_reference_folded ON engagement_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX engagement_versions_by_reference_key ON engagement_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX engagement_versions_by_name ON engagement_versions (organization_id, name, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX engagement_versions_by_level_1_due ON engagement_versions (organization_id, level_1_due, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER engagement_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, state, level_1_due, retired ON engagement_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER engagement_versions_closing BEFORE UPDATE OF recorded_until ON engagement_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER engagement_versions_kept BEFORE DELETE ON engagement_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER engagement_versions_whole BEFORE TRUNCATE ON engagement_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE engagement_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE engagement_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY engagement_versions_organization ON engagement_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON engagement_versions TO glance_app;

CREATE TABLE auditor_accesses (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER auditor_accesses_frozen BEFORE UPDATE ON auditor_accesses FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER auditor_accesses_kept BEFORE DELETE ON auditor_accesses FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER auditor_accesses_whole BEFORE TRUNCATE ON auditor_accesses FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE auditor_accesses ENABLE ROW LEVEL SECURITY;
ALTER TABLE auditor_accesses FORCE ROW LEVEL SECURITY;
CREATE POLICY auditor_accesses_organization ON auditor_accesses USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON auditor_accesses TO glance_app;
CREATE TABLE auditor_access_versions (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    record TEXT COLLATE "C" NOT NULL,
    salt BYTEA NOT NULL,
    engagement_id UUID NOT NULL,
    user_id UUID NOT NULL,
    revoked BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES auditor_accesses (organization_id, id),
    FOREIGN KEY (organization_id, engagement_id) REFERENCES engagements (organization_id, id)
);
CREATE UNIQUE INDEX auditor_access_versions_open ON auditor_access_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX auditor_access_versions_moment ON auditor_access_versions (organization_id, recorded_from);
CREATE INDEX auditor_access_versions_by_user_id ON auditor_access_versions (organization_id, user_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX auditor_access_versions_by_engagement_id ON auditor_access_versions (organization_id, engagement_id, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER auditor_access_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, engagement_id, user_id, revoked ON auditor_access_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER auditor_access_versions_closing BEFORE UPDATE OF recorded_until ON auditor_access_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER auditor_access_versions_kept BEFORE DELETE ON auditor_access_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER auditor_access_versions_whole BEFORE TRUNCATE ON auditor_access_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE auditor_access_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE auditor_access_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY auditor_access_versions_organization ON auditor_access_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON auditor_access_versions TO glance_app;
