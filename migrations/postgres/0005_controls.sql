-- The organization's own controls, its narrative for each requirement, and attestations that what is done is adequate.

CREATE TABLE controls (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER controls_frozen BEFORE UPDATE ON controls FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER controls_kept BEFORE DELETE ON controls FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER controls_whole BEFORE TRUNCATE ON controls FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE controls ENABLE ROW LEVEL SECURITY;
ALTER TABLE controls FORCE ROW LEVEL SECURITY;
CREATE POLICY controls_organization ON controls USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON controls TO glance_app;
CREATE TABLE control_versions (
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
    name_key TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    retired BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES controls (organization_id, id)
);
CREATE UNIQUE INDEX control_versions_open ON control_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX control_versions_moment ON control_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX control_versions_unique_reference_folded ON control_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX control_versions_by_reference_key ON control_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX control_versions_by_name_key ON control_versions (organization_id, name_key, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER control_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, name_key, state, retired ON control_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER control_versions_closing BEFORE UPDATE OF recorded_until ON control_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER control_versions_kept BEFORE DELETE ON control_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER control_versions_whole BEFORE TRUNCATE ON control_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE control_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE control_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY control_versions_organization ON control_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON control_versions TO glance_app;

CREATE TABLE narratives (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER narratives_frozen BEFORE UPDATE ON narratives FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER narratives_kept BEFORE DELETE ON narratives FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER narratives_whole BEFORE TRUNCATE ON narratives FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE narratives ENABLE ROW LEVEL SECURITY;
ALTER TABLE narratives FORCE ROW LEVEL SECURITY;
CREATE POLICY narratives_organization ON narratives USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON narratives TO glance_app;
CREATE TABLE narrative_versions (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    record TEXT COLLATE "C" NOT NULL,
    salt BYTEA NOT NULL,
    requirement TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES narratives (organization_id, id)
);
CREATE UNIQUE INDEX narrative_versions_open ON narrative_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX narrative_versions_moment ON narrative_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX narrative_versions_unique_requirement ON narrative_versions (organization_id, requirement) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER narrative_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, requirement ON narrative_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER narrative_versions_closing BEFORE UPDATE OF recorded_until ON narrative_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER narrative_versions_kept BEFORE DELETE ON narrative_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER narrative_versions_whole BEFORE TRUNCATE ON narrative_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE narrative_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE narrative_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY narrative_versions_organization ON narrative_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON narrative_versions TO glance_app;

CREATE TABLE attestations (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER attestations_frozen BEFORE UPDATE ON attestations FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER attestations_kept BEFORE DELETE ON attestations FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER attestations_whole BEFORE TRUNCATE ON attestations FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE attestations ENABLE ROW LEVEL SECURITY;
ALTER TABLE attestations FORCE ROW LEVEL SECURITY;
CREATE POLICY attestations_organization ON attestations USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON attestations TO glance_app;
CREATE TABLE attestation_versions (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    record TEXT COLLATE "C" NOT NULL,
    salt BYTEA NOT NULL,
    requirement TEXT COLLATE "C" NOT NULL,
    covers_from TEXT COLLATE "C" NOT NULL,
    covers_to TEXT COLLATE "C" NOT NULL,
    judgment TEXT COLLATE "C" NOT NULL,
    withdrawn BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES attestations (organization_id, id)
);
CREATE UNIQUE INDEX attestation_versions_open ON attestation_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX attestation_versions_moment ON attestation_versions (organization_id, recorded_from);
CREATE INDEX attestation_versions_by_requirement ON attestation_versions (organization_id, requirement, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER attestation_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, requirement, covers_from, covers_to, judgment, withdrawn ON attestation_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER attestation_versions_closing BEFORE UPDATE OF recorded_until ON attestation_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER attestation_versions_kept BEFORE DELETE ON attestation_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER attestation_versions_whole BEFORE TRUNCATE ON attestation_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE attestation_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE attestation_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY attestation_versions_organization ON attestation_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON attestation_versions TO glance_app;
