-- What one person did is read newest first without looking through everybody else.

CREATE INDEX journal_entries_by_actor ON journal_entries (organization_id, actor, seq);
