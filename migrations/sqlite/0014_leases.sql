-- Who holds an errand's lease, and how far the work is: every process shows the same.

ALTER TABLE errands ADD COLUMN leased_by TEXT NOT NULL DEFAULT '';
ALTER TABLE errands ADD COLUMN stage TEXT NOT NULL DEFAULT '';
ALTER TABLE errands ADD COLUMN steps_done INTEGER NOT NULL DEFAULT 0;
ALTER TABLE errands ADD COLUMN steps INTEGER NOT NULL DEFAULT 0;
CREATE INDEX errands_by_subject ON errands (organization_id, subject, id);
