-- People, vendors, who may decide for whom, what people are authorized to, accounts, and exceptional circumstances.

CREATE TABLE vendors (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER vendors_frozen BEFORE UPDATE ON vendors
BEGIN SELECT RAISE(ABORT, 'vendors is append-only'); END;
CREATE TRIGGER vendors_kept BEFORE DELETE ON vendors
BEGIN SELECT RAISE(ABORT, 'vendors is append-only'); END;
CREATE TABLE vendor_versions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    record TEXT NOT NULL,
    salt BLOB NOT NULL,
    reference TEXT NOT NULL,
    reference_folded TEXT NOT NULL,
    reference_key TEXT NOT NULL,
    name TEXT NOT NULL,
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES vendors (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX vendor_versions_open ON vendor_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX vendor_versions_moment ON vendor_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX vendor_versions_unique_reference_folded ON vendor_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX vendor_versions_by_reference_key ON vendor_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX vendor_versions_by_name ON vendor_versions (organization_id, name, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER vendor_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, retired ON vendor_versions
BEGIN SELECT RAISE(ABORT, 'vendor_versions is append-only'); END;
CREATE TRIGGER vendor_versions_closing BEFORE UPDATE OF recorded_until ON vendor_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'vendor_versions closes once'); END;
CREATE TRIGGER vendor_versions_kept BEFORE DELETE ON vendor_versions
BEGIN SELECT RAISE(ABORT, 'vendor_versions is append-only'); END;

CREATE TABLE people (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER people_frozen BEFORE UPDATE ON people
BEGIN SELECT RAISE(ABORT, 'people is append-only'); END;
CREATE TRIGGER people_kept BEFORE DELETE ON people
BEGIN SELECT RAISE(ABORT, 'people is append-only'); END;
CREATE TABLE person_versions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    record TEXT NOT NULL,
    salt BLOB NOT NULL,
    reference TEXT NOT NULL,
    reference_folded TEXT NOT NULL,
    reference_key TEXT NOT NULL,
    name TEXT NOT NULL,
    employer TEXT NOT NULL,
    party TEXT NOT NULL,
    vendor_id BLOB CHECK (length(vendor_id) = 16),
    user_id BLOB CHECK (length(user_id) = 16),
    trained_on TEXT NOT NULL,
    assessed_on TEXT NOT NULL,
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES people (organization_id, id),
    FOREIGN KEY (organization_id, vendor_id) REFERENCES vendors (organization_id, id)
) STRICT;
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
CREATE TRIGGER person_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, employer, party, vendor_id, user_id, trained_on, assessed_on, retired ON person_versions
BEGIN SELECT RAISE(ABORT, 'person_versions is append-only'); END;
CREATE TRIGGER person_versions_closing BEFORE UPDATE OF recorded_until ON person_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'person_versions closes once'); END;
CREATE TRIGGER person_versions_kept BEFORE DELETE ON person_versions
BEGIN SELECT RAISE(ABORT, 'person_versions is append-only'); END;

CREATE TABLE person_logins (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    person_id BLOB NOT NULL CHECK (length(person_id) = 16),
    login TEXT NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    PRIMARY KEY (organization_id, person_id, login, recorded_until),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX person_logins_unique_login ON person_logins (organization_id, login) WHERE recorded_until = 9000000000000000;
CREATE INDEX person_logins_by_person_id ON person_logins (organization_id, person_id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER person_logins_frozen BEFORE UPDATE OF organization_id, person_id, login, recorded_from ON person_logins
BEGIN SELECT RAISE(ABORT, 'person_logins is append-only'); END;
CREATE TRIGGER person_logins_closing BEFORE UPDATE OF recorded_until ON person_logins
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'person_logins closes once'); END;
CREATE TRIGGER person_logins_kept BEFORE DELETE ON person_logins
BEGIN SELECT RAISE(ABORT, 'person_logins is append-only'); END;

CREATE TABLE appointments (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER appointments_frozen BEFORE UPDATE ON appointments
BEGIN SELECT RAISE(ABORT, 'appointments is append-only'); END;
CREATE TRIGGER appointments_kept BEFORE DELETE ON appointments
BEGIN SELECT RAISE(ABORT, 'appointments is append-only'); END;
CREATE TABLE appointment_versions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    record TEXT NOT NULL,
    salt BLOB NOT NULL,
    reference TEXT NOT NULL,
    reference_folded TEXT NOT NULL,
    reference_key TEXT NOT NULL,
    name TEXT NOT NULL,
    person_id BLOB CHECK (length(person_id) = 16),
    role TEXT NOT NULL,
    until TEXT NOT NULL,
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES appointments (organization_id, id),
    FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX appointment_versions_open ON appointment_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX appointment_versions_moment ON appointment_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX appointment_versions_unique_reference_folded ON appointment_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX appointment_versions_by_reference_key ON appointment_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX appointment_versions_by_person_id ON appointment_versions (organization_id, person_id, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER appointment_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, person_id, role, until, retired ON appointment_versions
BEGIN SELECT RAISE(ABORT, 'appointment_versions is append-only'); END;
CREATE TRIGGER appointment_versions_closing BEFORE UPDATE OF recorded_until ON appointment_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'appointment_versions closes once'); END;
CREATE TRIGGER appointment_versions_kept BEFORE DELETE ON appointment_versions
BEGIN SELECT RAISE(ABORT, 'appointment_versions is append-only'); END;

CREATE TABLE circumstances (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER circumstances_frozen BEFORE UPDATE ON circumstances
BEGIN SELECT RAISE(ABORT, 'circumstances is append-only'); END;
CREATE TRIGGER circumstances_kept BEFORE DELETE ON circumstances
BEGIN SELECT RAISE(ABORT, 'circumstances is append-only'); END;
CREATE TABLE circumstance_versions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    record TEXT NOT NULL,
    salt BLOB NOT NULL,
    reference TEXT NOT NULL,
    reference_folded TEXT NOT NULL,
    reference_key TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES circumstances (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX circumstance_versions_open ON circumstance_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX circumstance_versions_moment ON circumstance_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX circumstance_versions_unique_reference_folded ON circumstance_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX circumstance_versions_by_reference_key ON circumstance_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER circumstance_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, status, retired ON circumstance_versions
BEGIN SELECT RAISE(ABORT, 'circumstance_versions is append-only'); END;
CREATE TRIGGER circumstance_versions_closing BEFORE UPDATE OF recorded_until ON circumstance_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'circumstance_versions closes once'); END;
CREATE TRIGGER circumstance_versions_kept BEFORE DELETE ON circumstance_versions
BEGIN SELECT RAISE(ABORT, 'circumstance_versions is append-only'); END;

CREATE TABLE authorizations (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER authorizations_frozen BEFORE UPDATE ON authorizations
BEGIN SELECT RAISE(ABORT, 'authorizations is append-only'); END;
CREATE TRIGGER authorizations_kept BEFORE DELETE ON authorizations
BEGIN SELECT RAISE(ABORT, 'authorizations is append-only'); END;
CREATE TABLE authorization_versions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    record TEXT NOT NULL,
    salt BLOB NOT NULL,
    reference TEXT NOT NULL,
    reference_folded TEXT NOT NULL,
    reference_key TEXT NOT NULL,
    name TEXT NOT NULL,
    person_id BLOB CHECK (length(person_id) = 16),
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    until TEXT NOT NULL,
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES authorizations (organization_id, id),
    FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX authorization_versions_open ON authorization_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX authorization_versions_moment ON authorization_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX authorization_versions_unique_reference_folded ON authorization_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX authorization_versions_by_reference_key ON authorization_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX authorization_versions_by_person_id ON authorization_versions (organization_id, person_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX authorization_versions_by_until ON authorization_versions (organization_id, until, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX authorization_versions_by_status ON authorization_versions (organization_id, status, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER authorization_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, person_id, kind, status, until, retired ON authorization_versions
BEGIN SELECT RAISE(ABORT, 'authorization_versions is append-only'); END;
CREATE TRIGGER authorization_versions_closing BEFORE UPDATE OF recorded_until ON authorization_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'authorization_versions closes once'); END;
CREATE TRIGGER authorization_versions_kept BEFORE DELETE ON authorization_versions
BEGIN SELECT RAISE(ABORT, 'authorization_versions is append-only'); END;

CREATE TABLE authorization_systems (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    authorization_id BLOB NOT NULL CHECK (length(authorization_id) = 16),
    system_id BLOB NOT NULL CHECK (length(system_id) = 16),
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    PRIMARY KEY (organization_id, authorization_id, system_id, recorded_until),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, authorization_id) REFERENCES authorizations (organization_id, id),
    FOREIGN KEY (organization_id, system_id) REFERENCES systems (organization_id, id)
) STRICT;
CREATE INDEX authorization_systems_by_system_id_and_authorization_id ON authorization_systems (organization_id, system_id, authorization_id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER authorization_systems_frozen BEFORE UPDATE OF organization_id, authorization_id, system_id, recorded_from ON authorization_systems
BEGIN SELECT RAISE(ABORT, 'authorization_systems is append-only'); END;
CREATE TRIGGER authorization_systems_closing BEFORE UPDATE OF recorded_until ON authorization_systems
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'authorization_systems closes once'); END;
CREATE TRIGGER authorization_systems_kept BEFORE DELETE ON authorization_systems
BEGIN SELECT RAISE(ABORT, 'authorization_systems is append-only'); END;

CREATE TABLE accounts (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER accounts_frozen BEFORE UPDATE ON accounts
BEGIN SELECT RAISE(ABORT, 'accounts is append-only'); END;
CREATE TRIGGER accounts_kept BEFORE DELETE ON accounts
BEGIN SELECT RAISE(ABORT, 'accounts is append-only'); END;
CREATE TABLE account_versions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    record TEXT NOT NULL,
    salt BLOB NOT NULL,
    reference TEXT NOT NULL,
    reference_folded TEXT NOT NULL,
    reference_key TEXT NOT NULL,
    name TEXT NOT NULL,
    asset_id BLOB CHECK (length(asset_id) = 16),
    system_id BLOB CHECK (length(system_id) = 16),
    owner_id BLOB CHECK (length(owner_id) = 16),
    kind TEXT NOT NULL,
    password_changed_on TEXT NOT NULL,
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES accounts (organization_id, id),
    FOREIGN KEY (organization_id, asset_id) REFERENCES assets (organization_id, id),
    FOREIGN KEY (organization_id, system_id) REFERENCES systems (organization_id, id),
    FOREIGN KEY (organization_id, owner_id) REFERENCES people (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX account_versions_open ON account_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX account_versions_moment ON account_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX account_versions_unique_reference_folded ON account_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX account_versions_by_reference_key ON account_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX account_versions_by_name ON account_versions (organization_id, name, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX account_versions_by_asset_id ON account_versions (organization_id, asset_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX account_versions_by_system_id ON account_versions (organization_id, system_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX account_versions_by_owner_id ON account_versions (organization_id, owner_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX account_versions_by_password_changed_on ON account_versions (organization_id, password_changed_on, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER account_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, asset_id, system_id, owner_id, kind, password_changed_on, retired ON account_versions
BEGIN SELECT RAISE(ABORT, 'account_versions is append-only'); END;
CREATE TRIGGER account_versions_closing BEFORE UPDATE OF recorded_until ON account_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'account_versions closes once'); END;
CREATE TRIGGER account_versions_kept BEFORE DELETE ON account_versions
BEGIN SELECT RAISE(ABORT, 'account_versions is append-only'); END;

CREATE TABLE account_people (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    account_id BLOB NOT NULL CHECK (length(account_id) = 16),
    person_id BLOB NOT NULL CHECK (length(person_id) = 16),
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    PRIMARY KEY (organization_id, account_id, person_id, recorded_until),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, account_id) REFERENCES accounts (organization_id, id),
    FOREIGN KEY (organization_id, person_id) REFERENCES people (organization_id, id)
) STRICT;
CREATE INDEX account_people_by_person_id_and_account_id ON account_people (organization_id, person_id, account_id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER account_people_frozen BEFORE UPDATE OF organization_id, account_id, person_id, recorded_from ON account_people
BEGIN SELECT RAISE(ABORT, 'account_people is append-only'); END;
CREATE TRIGGER account_people_closing BEFORE UPDATE OF recorded_until ON account_people
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'account_people closes once'); END;
CREATE TRIGGER account_people_kept BEFORE DELETE ON account_people
BEGIN SELECT RAISE(ABORT, 'account_people is append-only'); END;
