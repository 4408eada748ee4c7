-- Performances of periodic duties: the ledger, what each was done for, and how late it was recorded.

CREATE TABLE performances (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER performances_frozen BEFORE UPDATE ON performances FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER performances_kept BEFORE DELETE ON performances FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER performances_whole BEFORE TRUNCATE ON performances FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE performances ENABLE ROW LEVEL SECURITY;
ALTER TABLE performances FORCE ROW LEVEL SECURITY;
CREATE POLICY performances_organization ON performances USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON performances TO glance_app;
CREATE TABLE performance_versions (
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
    kind TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    performed_on TEXT COLLATE "C" NOT NULL,
    result TEXT COLLATE "C" NOT NULL,
    retired BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES performances (organization_id, id)
);
CREATE UNIQUE INDEX performance_versions_open ON performance_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX performance_versions_moment ON performance_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX performance_versions_unique_reference_folded ON performance_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX performance_versions_by_reference_key ON performance_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX performance_versions_by_performed_on ON performance_versions (organization_id, performed_on, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX performance_versions_by_kind ON performance_versions (organization_id, kind, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER performance_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, kind, subject, performed_on, result, retired ON performance_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER performance_versions_closing BEFORE UPDATE OF recorded_until ON performance_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER performance_versions_kept BEFORE DELETE ON performance_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER performance_versions_whole BEFORE TRUNCATE ON performance_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE performance_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE performance_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY performance_versions_organization ON performance_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON performance_versions TO glance_app;

CREATE TABLE performance_subjects (
    organization_id UUID NOT NULL,
    performance_id UUID NOT NULL,
    subject_id UUID NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    PRIMARY KEY (organization_id, performance_id, subject_id, recorded_from),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, performance_id) REFERENCES performances (organization_id, id)
);
CREATE INDEX performance_subjects_by_subject_id ON performance_subjects (organization_id, subject_id);
CREATE TRIGGER performance_subjects_frozen BEFORE UPDATE OF organization_id, performance_id, subject_id, recorded_from ON performance_subjects FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER performance_subjects_closing BEFORE UPDATE OF recorded_until ON performance_subjects FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER performance_subjects_kept BEFORE DELETE ON performance_subjects FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER performance_subjects_whole BEFORE TRUNCATE ON performance_subjects FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE performance_subjects ENABLE ROW LEVEL SECURITY;
ALTER TABLE performance_subjects FORCE ROW LEVEL SECURITY;
CREATE POLICY performance_subjects_organization ON performance_subjects USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON performance_subjects TO glance_app;

CREATE TABLE performance_standings (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    days_late BIGINT NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id, recorded_from),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, id) REFERENCES performances (organization_id, id)
);
CREATE TRIGGER performance_standings_frozen BEFORE UPDATE OF organization_id, id, days_late, recorded_from ON performance_standings FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER performance_standings_closing BEFORE UPDATE OF recorded_until ON performance_standings FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER performance_standings_kept BEFORE DELETE ON performance_standings FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER performance_standings_whole BEFORE TRUNCATE ON performance_standings FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE performance_standings ENABLE ROW LEVEL SECURITY;
ALTER TABLE performance_standings FORCE ROW LEVEL SECURITY;
CREATE POLICY performance_standings_organization ON performance_standings USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON performance_standings TO glance_app;
