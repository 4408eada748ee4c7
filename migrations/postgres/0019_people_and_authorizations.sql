-- People, vendors, who may decide for whom, what people are authorized to, accounts, and exceptional circumstances.

CREATE TABLE vendors (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER vendors_frozen BEFORE UPDATE ON vendors FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER vendors_kept BEFORE DELETE ON vendors FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER vendors_whole BEFORE TRUNCATE ON vendors FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE vendors ENABLE ROW LEVEL SECURITY;
ALTER TABLE vendors FORCE ROW LEVEL SECURITY;
CREATE POLICY vendors_organization ON vendors USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON vendors TO glance_app;
CREATE TABLE vendor_versions (
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
    name TEXT COLLATE "C" NOT NULL,
    retired BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES vendors (organization_id, id)
);
CREATE UNIQUE INDEX vendor_versions_open ON vendor_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX vendor_versions_moment ON vendor_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX vendor_versions_unique_reference_folded ON vendor_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX vendor_versions_by_reference_key ON vendor_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX vendor_versions_by_name ON vendor_versions (organization_id, name, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER vendor_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, retired ON vendor_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER vendor_versions_closing BEFORE UPDATE OF recorded_until ON vendor_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER vendor_versions_kept BEFORE DELETE ON vendor_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER vendor_versions_whole BEFORE TRUNCATE ON vendor_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE vendor_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE vendor_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY vendor_versions_organization ON vendor_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON vendor_versions TO glance_app;

CREATE TABLE people (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER people_frozen BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER people_kept BEFORE DELETE ON people FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER people_whole BEFORE TRUNCATE ON people FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
ALTER TABLE people FORCE ROW LEVEL SECURITY;
CREATE POLICY people_organization ON people USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON people TO glance_app;
CREATE TABLE person_versions (
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
    name TEXT COLLATE "C" NOT NULL,
    employer TEXT COLLATE "C" NOT NULL,
    party TEXT COLLATE "C" NOT NULL,
    vendor_id UUID,
    user_id UUID,
    trained_on TEXT COLLATE "C" NOT NULL,
    assessed_on TEXT COLLATE "C" NOT NULL,
    retired BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES people (organization_id, id),
    FOREIGN KEY (organization_id, vendor_id) REFERENCES vendors (organization_id, id)
);
CREATE UNIQUE INDEX person_versions_open ON person_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX person_versions_moment ON person_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX person_versions_unique_reference_folded ON person_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX person_versions_by_reference_key ON person_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX person_versions_by_name ON person_versions (organization_id, name, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX person_versions_by_employer ON person_versions (organization_id, employer, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX person_versions_by_trained_on ON person_versions (organization_id, trained_on, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX person_versions_by_assessed_on ON person_versions (organization_id, assessed_on, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX person_versions_by_vendor_id ON person_versions (organization_id, vendor_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX person_versions_by_user_id ON person_versions (organization_id, user_id, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER person_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, employer, party, vendor_id, user_id, trained_on, assessed_on, retired ON person_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER person_versions_closing BEFORE UPDATE OF recorded_until ON person_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER person_versions_kept BEFORE DELETE ON person_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER person_versions_whole BEFORE TRUNCATE ON person_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE person_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE person_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY person_versions_organization ON person_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON person_versions TO glance_app;

CREATE TABLE person_logins (
    organization_id UUID NOT NULL,
    person_id UUID NOT NULL,
    login TEXT COLLATE "C" NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    PRIMARY KEY (organization_id, person_id, login, recorded_until),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
);
CREATE UNIQUE INDEX person_logins_unique_login ON person_logins (organization_id, login) WHERE recorded_until = 9000000000000000;
CREATE INDEX person_logins_by_person_id ON person_logins (organization_id, person_id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER person_logins_frozen BEFORE UPDATE OF organization_id, person_id, login, recorded_from ON person_logins FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER person_logins_closing BEFORE UPDATE OF recorded_until ON person_logins FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER person_logins_kept BEFORE DELETE ON person_logins FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER person_logins_whole BEFORE TRUNCATE ON person_logins FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE person_logins ENABLE ROW LEVEL SECURITY;
ALTER TABLE person_logins FORCE ROW LEVEL SECURITY;
CREATE POLICY person_logins_organization ON person_logins USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON person_logins TO glance_app;

CREATE TABLE appointments (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER appointments_frozen BEFORE UPDATE ON appointments FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER appointments_kept BEFORE DELETE ON appointments FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER appointments_whole BEFORE TRUNCATE ON appointments FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE appointments ENABLE ROW LEVEL SECURITY;
ALTER TABLE appointments FORCE ROW LEVEL SECURITY;
CREATE POLICY appointments_organization ON appointments USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON appointments TO glance_app;
CREATE TABLE appointment_versions (
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
    name TEXT COLLATE "C" NOT NULL,
    person_id UUID,
    role TEXT COLLATE "C" NOT NULL,
    until TEXT COLLATE "C" NOT NULL,
    retired BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES appointments (organization_id, id),
    FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
);
CREATE UNIQUE INDEX appointment_versions_open ON appointment_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX appointment_versions_moment ON appointment_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX appointment_versions_unique_reference_folded ON appointment_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX appointment_versions_by_reference_key ON appointment_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX appointment_versions_by_person_id ON appointment_versions (organization_id, person_id, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER appointment_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, person_id, role, until, retired ON appointment_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER appointment_versions_closing BEFORE UPDATE OF recorded_until ON appointment_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER appointment_versions_kept BEFORE DELETE ON appointment_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER appointment_versions_whole BEFORE TRUNCATE ON appointment_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE appointment_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE appointment_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY appointment_versions_organization ON appointment_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON appointment_versions TO glance_app;

CREATE TABLE circumstances (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER circumstances_frozen BEFORE UPDATE ON circumstances FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER circumstances_kept BEFORE DELETE ON circumstances FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER circumstances_whole BEFORE TRUNCATE ON circumstances FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE circumstances ENABLE ROW LEVEL SECURITY;
ALTER TABLE circumstances FORCE ROW LEVEL SECURITY;
CREATE POLICY circumstances_organization ON circumstances USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON circumstances TO glance_app;
CREATE TABLE circumstance_versions (
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
    name TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    retired BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES circumstances (organization_id, id)
);
CREATE UNIQUE INDEX circumstance_versions_open ON circumstance_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX circumstance_versions_moment ON circumstance_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX circumstance_versions_unique_reference_folded ON circumstance_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX circumstance_versions_by_reference_key ON circumstance_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER circumstance_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, status, retired ON circumstance_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER circumstance_versions_closing BEFORE UPDATE OF recorded_until ON circumstance_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER circumstance_versions_kept BEFORE DELETE ON circumstance_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER circumstance_versions_whole BEFORE TRUNCATE ON circumstance_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE circumstance_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE circumstance_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY circumstance_versions_organization ON circumstance_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON circumstance_versions TO glance_app;

CREATE TABLE authorizations (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER authorizations_frozen BEFORE UPDATE ON authorizations FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER authorizations_kept BEFORE DELETE ON authorizations FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER authorizations_whole BEFORE TRUNCATE ON authorizations FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE authorizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE authorizations FORCE ROW LEVEL SECURITY;
CREATE POLICY authorizations_organization ON authorizations USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON authorizations TO glance_app;
CREATE TABLE authorization_versions (
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
    name TEXT COLLATE "C" NOT NULL,
    person_id UUID,
    kind TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    until TEXT COLLATE "C" NOT NULL,
    retired BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES authorizations (organization_id, id),
    FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
);
CREATE UNIQUE INDEX authorization_versions_open ON authorization_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX authorization_versions_moment ON authorization_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX authorization_versions_unique_reference_folded ON authorization_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX authorization_versions_by_reference_key ON authorization_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX authorization_versions_by_person_id ON authorization_versions (organization_id, person_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX authorization_versions_by_until ON authorization_versions (organization_id, until, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX authorization_versions_by_status ON authorization_versions (organization_id, status, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER authorization_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, person_id, kind, status, until, retired ON authorization_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER authorization_versions_closing BEFORE UPDATE OF recorded_until ON authorization_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER authorization_versions_kept BEFORE DELETE ON authorization_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER authorization_versions_whole BEFORE TRUNCATE ON authorization_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE authorization_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE authorization_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY authorization_versions_organization ON authorization_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON authorization_versions TO glance_app;

CREATE TABLE authorization_systems (
    organization_id UUID NOT NULL,
    authorization_id UUID NOT NULL,
    system_id UUID NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    PRIMARY KEY (organization_id, authorization_id, system_id, recorded_until),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, authorization_id) REFERENCES authorizations (organization_id, id),
    FOREIGN KEY (organization_id, system_id) REFERENCES systems (organization_id, id)
);
CREATE INDEX authorization_systems_by_system_id_and_authorization_id ON authorization_systems (organization_id, system_id, authorization_id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER authorization_systems_frozen BEFORE UPDATE OF organization_id, authorization_id, system_id, recorded_from ON authorization_systems FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER authorization_systems_closing BEFORE UPDATE OF recorded_until ON authorization_systems FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER authorization_systems_kept BEFORE DELETE ON authorization_systems FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER authorization_systems_whole BEFORE TRUNCATE ON authorization_systems FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE authorization_systems ENABLE ROW LEVEL SECURITY;
ALTER TABLE authorization_systems FORCE ROW LEVEL SECURITY;
CREATE POLICY authorization_systems_organization ON authorization_systems USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON authorization_systems TO glance_app;

CREATE TABLE accounts (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER accounts_frozen BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER accounts_kept BEFORE DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER accounts_whole BEFORE TRUNCATE ON accounts FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts FORCE ROW LEVEL SECURITY;
CREATE POLICY accounts_organization ON accounts USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON accounts TO glance_app;
CREATE TABLE account_versions (
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
    name TEXT COLLATE "C" NOT NULL,
    asset_id UUID,
    system_id UUID,
    owner_id UUID,
    kind TEXT COLLATE "C" NOT NULL,
    password_changed_on TEXT COLLATE "C" NOT NULL,
    retired BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES accounts (organization_id, id),
    FOREIGN KEY (organization_id, asset_id) REFERENCES assets (organization_id, id),
    FOREIGN KEY (organization_id, system_id) REFERENCES systems (organization_id, id),
    FOREIGN KEY (organization_id, owner_id) REFERENCES people (organization_id, id)
);
CREATE UNIQUE INDEX account_versions_open ON account_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX account_versions_moment ON account_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX account_versions_unique_reference_folded ON account_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX account_versions_by_reference_key ON account_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX account_versions_by_name ON account_versions (organization_id, name, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX account_versions_by_asset_id ON account_versions (organization_id, asset_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX account_versions_by_system_id ON account_versions (organization_id, system_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX account_versions_by_owner_id ON account_versions (organization_id, owner_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX account_versions_by_password_changed_on ON account_versions (organization_id, password_changed_on, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER account_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, asset_id, system_id, owner_id, kind, password_changed_on, retired ON account_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER account_versions_closing BEFORE UPDATE OF recorded_until ON account_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER account_versions_kept BEFORE DELETE ON account_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER account_versions_whole BEFORE TRUNCATE ON account_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE account_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY account_versions_organization ON account_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON account_versions TO glance_app;

CREATE TABLE account_people (
    organization_id UUID NOT NULL,
    account_id UUID NOT NULL,
    person_id UUID NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    PRIMARY KEY (organization_id, account_id, person_id, recorded_until),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, account_id) REFERENCES accounts (organization_id, id),
    FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
);
CREATE INDEX account_people_by_person_id_and_account_id ON account_people (organization_id, person_id, account_id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER account_people_frozen BEFORE UPDATE OF organization_id, account_id, person_id, recorded_from ON account_people FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER account_people_closing BEFORE UPDATE OF recorded_until ON account_people FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER account_people_kept BEFORE DELETE ON account_people FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER account_people_whole BEFORE TRUNCATE ON account_people FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE account_people ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_people FORCE ROW LEVEL SECURITY;
CREATE POLICY account_people_organization ON account_people USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON account_people TO glance_app;
