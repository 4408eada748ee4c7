-- The organization's compliance time zone beside its name, so that every request knows when its days end.
ALTER TABLE organizations ADD COLUMN time_zone TEXT COLLATE "C" NOT NULL DEFAULT 'UTC';
