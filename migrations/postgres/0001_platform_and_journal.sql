-- The platform (people, sign-in, organizations) and the journal of each organization.
-- The roles glance_app and glance_platform exist before the first migration (README, "PostgreSQL").

CREATE FUNCTION glance_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;

GRANT SELECT ON _sqlx_migrations TO glance_platform;

CREATE TABLE organizations (
    id UUID NOT NULL,
    slug TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    closed_at BIGINT,
    PRIMARY KEY (id),
    UNIQUE (slug)
);
GRANT SELECT, INSERT, UPDATE ON organizations TO glance_platform;

CREATE TABLE users (
    id UUID NOT NULL,
    login TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    password TEXT COLLATE "C",
    totp BYTEA,
    totp_step BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    failed_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    PRIMARY KEY (id),
    UNIQUE (login)
);
GRANT SELECT, INSERT, UPDATE ON users TO glance_platform;

CREATE TABLE recovery_codes (
    user_id UUID NOT NULL,
    digest BYTEA NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (user_id, digest),
    FOREIGN KEY (user_id) REFERENCES users (id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON recovery_codes TO glance_platform;

CREATE TABLE sessions (
    id TEXT COLLATE "C" NOT NULL,
    user_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    step_up_until BIGINT NOT NULL,
    methods TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    address_salt BYTEA NOT NULL,
    agent TEXT COLLATE "C" NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (id),
    FOREIGN KEY (user_id) REFERENCES users (id)
);
CREATE INDEX sessions_by_user ON sessions (user_id, created_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO glance_platform;

CREATE TABLE memberships (
    user_id UUID NOT NULL,
    organization_id UUID NOT NULL,
    roles TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (user_id, organization_id),
    FOREIGN KEY (user_id) REFERENCES users (id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE INDEX memberships_by_organization ON memberships (organization_id, user_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON memberships TO glance_platform;

CREATE TABLE tokens (
    id TEXT COLLATE "C" NOT NULL,
    organization_id UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    roles TEXT COLLATE "C" NOT NULL,
    scopes TEXT COLLATE "C" NOT NULL,
    digest BYTEA NOT NULL,
    address_salt BYTEA NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    revoked_at BIGINT,
    PRIMARY KEY (id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE INDEX tokens_by_organization ON tokens (organization_id, created_at);
GRANT SELECT, INSERT, UPDATE ON tokens TO glance_platform;

CREATE TABLE links (
    digest BYTEA NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    user_id UUID,
    organization_id UUID,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (digest)
);
GRANT SELECT, INSERT, UPDATE ON links TO glance_platform;

CREATE TABLE errands (
    id UUID NOT NULL,
    organization_id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    subject UUID NOT NULL,
    due_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    done_at BIGINT,
    problem TEXT COLLATE "C",
    PRIMARY KEY (id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE INDEX errands_by_due ON errands (due_at, id) WHERE done_at IS NULL;
GRANT SELECT, INSERT, UPDATE ON errands TO glance_platform;

-- The journal: one Merkle log per organization; the nil organization is the platform's own log.
CREATE TABLE journal_heads (
    organization_id UUID NOT NULL,
    size BIGINT NOT NULL,
    frontier BYTEA NOT NULL,
    root BYTEA NOT NULL,
    last_at BIGINT NOT NULL,
    last_leaf BYTEA NOT NULL,
    origin TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
ALTER TABLE journal_heads ENABLE ROW LEVEL SECURITY;
ALTER TABLE journal_heads FORCE ROW LEVEL SECURITY;
CREATE POLICY journal_heads_organization ON journal_heads USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (size, frontier, root, last_at, last_leaf) ON journal_heads TO glance_app;

CREATE TABLE journal_entries (
    organization_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    act TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    leaf BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (organization_id, seq),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE INDEX journal_entries_by_moment ON journal_entries (organization_id, at, seq);
CREATE INDEX journal_entries_by_subject ON journal_entries (organization_id, kind, subject, seq);
CREATE TRIGGER journal_entries_frozen BEFORE UPDATE ON journal_entries FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER journal_entries_kept BEFORE DELETE ON journal_entries FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER journal_entries_whole BEFORE TRUNCATE ON journal_entries FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE journal_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE journal_entries FORCE ROW LEVEL SECURITY;
CREATE POLICY journal_entries_organization ON journal_entries USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON journal_entries TO glance_app;

-- Search words, row counts, and submissions already answered.
CREATE TABLE terms (
    organization_id UUID NOT NULL,
    term TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    id UUID NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    PRIMARY KEY (organization_id, kind, id, term, recorded_from),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE INDEX terms_by_kind_and_term_and_id ON terms (organization_id, kind, term, id) WHERE recorded_until = 9000000000000000;
ALTER TABLE terms ENABLE ROW LEVEL SECURITY;
ALTER TABLE terms FORCE ROW LEVEL SECURITY;
CREATE POLICY terms_organization ON terms USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON terms TO glance_app;

CREATE TABLE counters (
    organization_id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    rows_open BIGINT NOT NULL,
    PRIMARY KEY (organization_id, kind),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
ALTER TABLE counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE counters FORCE ROW LEVEL SECURITY;
CREATE POLICY counters_organization ON counters USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (rows_open) ON counters TO glance_app;
CREATE TABLE submissions (
    organization_id UUID NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    digest BYTEA NOT NULL,
    answer TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, key),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
ALTER TABLE submissions ENABLE ROW LEVEL SECURITY;
ALTER TABLE submissions FORCE ROW LEVEL SECURITY;
CREATE POLICY submissions_organization ON submissions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, DELETE ON submissions TO glance_app;

-- What an organization says of itself, and who serves it in which roles.
CREATE TABLE organization_profiles (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER organization_profiles_frozen BEFORE UPDATE ON organization_profiles FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER organization_profiles_kept BEFORE DELETE ON organization_profiles FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER organization_profiles_whole BEFORE TRUNCATE ON organization_profiles FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE organization_profiles ENABLE ROW LEVEL SECURITY;
ALTER TABLE organization_profiles FORCE ROW LEVEL SECURITY;
CREATE POLICY organization_profiles_organization ON organization_profiles USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON organization_profiles TO glance_app;
CREATE TABLE organization_profile_versions (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    record TEXT COLLATE "C" NOT NULL,
    salt BYTEA NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES organization_profiles (organization_id, id)
);
CREATE UNIQUE INDEX organization_profile_versions_open ON organization_profile_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX organization_profile_versions_moment ON organization_profile_versions (organization_id, recorded_from);
CREATE TRIGGER organization_profile_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt ON organization_profile_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER organization_profile_versions_closing BEFORE UPDATE OF recorded_until ON organization_profile_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER organization_profile_versions_kept BEFORE DELETE ON organization_profile_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER organization_profile_versions_whole BEFORE TRUNCATE ON organization_profile_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE organization_profile_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE organization_profile_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY organization_profile_versions_organization ON organization_profile_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON organization_profile_versions TO glance_app;

CREATE TABLE membership_records (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER membership_records_frozen BEFORE UPDATE ON membership_records FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER membership_records_kept BEFORE DELETE ON membership_records FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER membership_records_whole BEFORE TRUNCATE ON membership_records FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE membership_records ENABLE ROW LEVEL SECURITY;
ALTER TABLE membership_records FORCE ROW LEVEL SECURITY;
CREATE POLICY membership_records_organization ON membership_records USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON membership_records TO glance_app;
CREATE TABLE membership_versions (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    record TEXT COLLATE "C" NOT NULL,
    salt BYTEA NOT NULL,
    user_id UUID NOT NULL,
    roles TEXT COLLATE "C" NOT NULL,
    login TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES membership_records (organization_id, id)
);
CREATE UNIQUE INDEX membership_versions_open ON membership_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX membership_versions_moment ON membership_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX membership_versions_user_id ON membership_versions (organization_id, user_id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER membership_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, user_id, roles, login ON membership_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER membership_versions_closing BEFORE UPDATE OF recorded_until ON membership_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER membership_versions_kept BEFORE DELETE ON membership_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER membership_versions_whole BEFORE TRUNCATE ON membership_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE membership_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE membership_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY membership_versions_organization ON membership_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON membership_versions TO glance_app;

