-- The platform (people, sign-in, organizations) and the journal of each organization.

CREATE TABLE organizations (
    id BLOB NOT NULL CHECK (length(id) = 16),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    closed_at INTEGER,
    PRIMARY KEY (id),
    UNIQUE (slug)
) STRICT;

CREATE TABLE users (
    id BLOB NOT NULL CHECK (length(id) = 16),
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    password TEXT,
    totp BLOB,
    totp_step INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    failed_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER,
    PRIMARY KEY (id),
    UNIQUE (login)
) STRICT;

CREATE TABLE recovery_codes (
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    digest BLOB NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (user_id, digest),
    FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;

CREATE TABLE sessions (
    id TEXT NOT NULL,
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    step_up_until INTEGER NOT NULL,
    methods TEXT NOT NULL,
    address TEXT NOT NULL,
    address_salt BLOB NOT NULL,
    agent TEXT NOT NULL,
    ended_at INTEGER,
    PRIMARY KEY (id),
    FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id, created_at);

CREATE TABLE memberships (
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    roles TEXT NOT NULL,
    PRIMARY KEY (user_id, organization_id),
    FOREIGN KEY (user_id) REFERENCES users (id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE INDEX memberships_by_organization ON memberships (organization_id, user_id);

CREATE TABLE tokens (
    id TEXT NOT NULL,
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    scopes TEXT NOT NULL,
    digest BLOB NOT NULL,
    address_salt BLOB NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    revoked_at INTEGER,
    PRIMARY KEY (id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE INDEX tokens_by_organization ON tokens (organization_id, created_at);

CREATE TABLE links (
    digest BLOB NOT NULL,
    purpose TEXT NOT NULL,
    user_id BLOB CHECK (user_id IS NULL OR length(user_id) = 16),
    organization_id BLOB CHECK (organization_id IS NULL OR length(organization_id) = 16),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (digest)
) STRICT;

CREATE TABLE errands (
    id BLOB NOT NULL CHECK (length(id) = 16),
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    kind TEXT NOT NULL,
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    due_at INTEGER NOT NULL,
    leased_until INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    done_at INTEGER,
    problem TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE INDEX errands_by_due ON errands (due_at, id) WHERE done_at IS NULL;

-- The journal: one Merkle log per organization; the nil organization is the platform's own log.
CREATE TABLE journal_heads (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    size INTEGER NOT NULL,
    frontier BLOB NOT NULL,
    root BLOB NOT NULL,
    last_at INTEGER NOT NULL,
    last_leaf BLOB NOT NULL,
    origin TEXT NOT NULL,
    PRIMARY KEY (organization_id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;

CREATE TABLE journal_entries (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    act TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    actor TEXT NOT NULL,
    leaf BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (organization_id, seq),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE INDEX journal_entries_by_moment ON journal_entries (organization_id, at, seq);
CREATE INDEX journal_entries_by_subject ON journal_entries (organization_id, kind, subject, seq);
CREATE TRIGGER journal_entries_frozen BEFORE UPDATE ON journal_entries
BEGIN SELECT RAISE(ABORT, 'journal_entries is append-only'); END;
CREATE TRIGGER journal_entries_kept BEFORE DELETE ON journal_entries
BEGIN SELECT RAISE(ABORT, 'journal_entries is append-only'); END;

-- Search words, row counts, and submissions already answered.
CREATE TABLE terms (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    term TEXT NOT NULL,
    kind TEXT NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    PRIMARY KEY (organization_id, kind, id, term, recorded_from),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE INDEX terms_by_kind_and_term_and_id ON terms (organization_id, kind, term, id) WHERE recorded_until = 9000000000000000;

CREATE TABLE counters (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    kind TEXT NOT NULL,
    rows_open INTEGER NOT NULL,
    PRIMARY KEY (organization_id, kind),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TABLE submissions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    key TEXT NOT NULL,
    digest BLOB NOT NULL,
    answer TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (organization_id, key),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;

-- What an organization says of itself, and who serves it in which roles.
CREATE TABLE organization_profiles (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER organization_profiles_frozen BEFORE UPDATE ON organization_profiles
BEGIN SELECT RAISE(ABORT, 'organization_profiles is append-only'); END;
CREATE TRIGGER organization_profiles_kept BEFORE DELETE ON organization_profiles
BEGIN SELECT RAISE(ABORT, 'organization_profiles is append-only'); END;
CREATE TABLE organization_profile_versions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    record TEXT NOT NULL,
    salt BLOB NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES organization_profiles (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX organization_profile_versions_open ON organization_profile_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX organization_profile_versions_moment ON organization_profile_versions (organization_id, recorded_from);
CREATE TRIGGER organization_profile_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt ON organization_profile_versions
BEGIN SELECT RAISE(ABORT, 'organization_profile_versions is append-only'); END;
CREATE TRIGGER organization_profile_versions_closing BEFORE UPDATE OF recorded_until ON organization_profile_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'organization_profile_versions closes once'); END;
CREATE TRIGGER organization_profile_versions_kept BEFORE DELETE ON organization_profile_versions
BEGIN SELECT RAISE(ABORT, 'organization_profile_versions is append-only'); END;

CREATE TABLE membership_records (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER membership_records_frozen BEFORE UPDATE ON membership_records
BEGIN SELECT RAISE(ABORT, 'membership_records is append-only'); END;
CREATE TRIGGER membership_records_kept BEFORE DELETE ON membership_records
BEGIN SELECT RAISE(ABORT, 'membership_records is append-only'); END;
CREATE TABLE membership_versions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    record TEXT NOT NULL,
    salt BLOB NOT NULL,
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    roles TEXT NOT NULL,
    login TEXT NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES membership_records (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX membership_versions_open ON membership_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX membership_versions_moment ON membership_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX membership_versions_user_id ON membership_versions (organization_id, user_id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER membership_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, user_id, roles, login ON membership_versions
BEGIN SELECT RAISE(ABORT, 'membership_versions is append-only'); END;
CREATE TRIGGER membership_versions_closing BEFORE UPDATE OF recorded_until ON membership_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'membership_versions closes once'); END;
CREATE TRIGGER membership_versions_kept BEFORE DELETE ON membership_versions
BEGIN SELECT RAISE(ABORT, 'membership_versions is append-only'); END;

