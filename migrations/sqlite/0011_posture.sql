-- Where each requirement part stood on a day: one row per part and day, for the trend.

CREATE TABLE posture_days (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    day TEXT NOT NULL,
    part TEXT NOT NULL,
    status TEXT NOT NULL,
    applicable INTEGER NOT NULL,
    passing INTEGER NOT NULL,
    failing INTEGER NOT NULL,
    justified INTEGER NOT NULL,
    due_soon INTEGER NOT NULL,
    indeterminate INTEGER NOT NULL,
    advisory INTEGER NOT NULL,
    rule_set TEXT NOT NULL,
    recorded_from INTEGER NOT NULL,
    PRIMARY KEY (organization_id, day, part),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE INDEX posture_days_by_part_and_day ON posture_days (organization_id, part, day);
CREATE TRIGGER posture_days_frozen BEFORE UPDATE ON posture_days
BEGIN SELECT RAISE(ABORT, 'posture_days is append-only'); END;
CREATE TRIGGER posture_days_kept BEFORE DELETE ON posture_days
BEGIN SELECT RAISE(ABORT, 'posture_days is append-only'); END;
