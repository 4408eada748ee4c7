-- Who holds an errand's lease, and how far the work is: every process shows the same.

ALTER TABLE errands ADD COLUMN leased_by TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE errands ADD COLUMN stage TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE errands ADD COLUMN steps_done BIGINT NOT NULL DEFAULT 0;
ALTER TABLE errands ADD COLUMN steps BIGINT NOT NULL DEFAULT 0;
CREATE INDEX errands_by_subject ON errands (organization_id, subject, id);
