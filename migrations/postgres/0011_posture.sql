-- Where each requirement part stood on a day: one row per part and day, for the trend.

CREATE TABLE posture_days (
    organization_id UUID NOT NULL,
    day TEXT COLLATE "C" NOT NULL,
    part TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    applicable BIGINT NOT NULL,
    passing BIGINT NOT NULL,
    failing BIGINT NOT NULL,
    justified BIGINT NOT NULL,
    due_soon BIGINT NOT NULL,
    indeterminate BIGINT NOT NULL,
    advisory BIGINT NOT NULL,
    rule_set TEXT COLLATE "C" NOT NULL,
    recorded_from BIGINT NOT NULL,
    PRIMARY KEY (organization_id, day, part),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE INDEX posture_days_by_part_and_day ON posture_days (organization_id, part, day);
CREATE TRIGGER posture_days_frozen BEFORE UPDATE ON posture_days FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER posture_days_kept BEFORE DELETE ON posture_days FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER posture_days_whole BEFORE TRUNCATE ON posture_days FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE posture_days ENABLE ROW LEVEL SECURITY;
ALTER TABLE posture_days FORCE ROW LEVEL SECURITY;
CREATE POLICY posture_days_organization ON posture_days USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON posture_days TO glance_app;
