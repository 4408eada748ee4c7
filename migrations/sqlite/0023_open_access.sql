-- What stands open now is read by when it began, among all that ever was.

CREATE INDEX remote_sessions_open_by_started_at ON remote_sessions (organization_id, started_at, id) WHERE recorded_until = 9000000000000000 AND ended_at = 9000000000000000;
-- A session is looked up by its gateway's own name for it.
CREATE INDEX remote_sessions_by_session_key ON remote_sessions (organization_id, session_key, id) WHERE recorded_until = 9000000000000000;
