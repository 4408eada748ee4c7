-- The inventory: sites, systems, zones, assets, their interfaces and services.

CREATE TABLE sites (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER sites_frozen BEFORE UPDATE ON sites
BEGIN SELECT RAISE(ABORT, 'sites is append-only'); END;
CREATE TRIGGER sites_kept BEFORE DELETE ON sites
BEGIN SELECT RAISE(ABORT, 'sites is append-only'); END;
CREATE TABLE site_versions (
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
    kind TEXT NOT NULL,
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES sites (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX site_versions_open ON site_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX site_versions_moment ON site_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX site_versions_reference_folded ON site_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX site_versions_by_reference_key ON site_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER site_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, kind, retired ON site_versions
BEGIN SELECT RAISE(ABORT, 'site_versions is append-only'); END;
CREATE TRIGGER site_versions_closing BEFORE UPDATE OF recorded_until ON site_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'site_versions closes once'); END;
CREATE TRIGGER site_versions_kept BEFORE DELETE ON site_versions
BEGIN SELECT RAISE(ABORT, 'site_versions is append-only'); END;

CREATE TABLE systems (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER systems_frozen BEFORE UPDATE ON systems
BEGIN SELECT RAISE(ABORT, 'systems is append-only'); END;
CREATE TRIGGER systems_kept BEFORE DELETE ON systems
BEGIN SELECT RAISE(ABORT, 'systems is append-only'); END;
CREATE TABLE system_versions (
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
    site_id BLOB CHECK (site_id IS NULL OR length(site_id) = 16),
    impact TEXT,
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES systems (organization_id, id),
    FOREIGN KEY (organization_id, site_id) REFERENCES sites (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX system_versions_open ON system_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX system_versions_moment ON system_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX system_versions_reference_folded ON system_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX system_versions_by_reference_key ON system_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER system_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, site_id, impact, retired ON system_versions
BEGIN SELECT RAISE(ABORT, 'system_versions is append-only'); END;
CREATE TRIGGER system_versions_closing BEFORE UPDATE OF recorded_until ON system_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'system_versions closes once'); END;
CREATE TRIGGER system_versions_kept BEFORE DELETE ON system_versions
BEGIN SELECT RAISE(ABORT, 'system_versions is append-only'); END;

CREATE TABLE zones (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER zones_frozen BEFORE UPDATE ON zones
BEGIN SELECT RAISE(ABORT, 'zones is append-only'); END;
CREATE TRIGGER zones_kept BEFORE DELETE ON zones
BEGIN SELECT RAISE(ABORT, 'zones is append-only'); END;
CREATE TABLE zone_versions (
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
    kind TEXT NOT NULL,
    purdue_level TEXT,
    esp INTEGER NOT NULL CHECK (esp IN (0, 1)),
    site_id BLOB CHECK (site_id IS NULL OR length(site_id) = 16),
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES zones (organization_id, id),
    FOREIGN KEY (organization_id, site_id) REFERENCES sites (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX zone_versions_open ON zone_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX zone_versions_moment ON zone_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX zone_versions_reference_folded ON zone_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX zone_versions_by_reference_key ON zone_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER zone_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, kind, purdue_level, esp, site_id, retired ON zone_versions
BEGIN SELECT RAISE(ABORT, 'zone_versions is append-only'); END;
CREATE TRIGGER zone_versions_closing BEFORE UPDATE OF recorded_until ON zone_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'zone_versions closes once'); END;
CREATE TRIGGER zone_versions_kept BEFORE DELETE ON zone_versions
BEGIN SELECT RAISE(ABORT, 'zone_versions is append-only'); END;

CREATE TABLE assets (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER assets_frozen BEFORE UPDATE ON assets
BEGIN SELECT RAISE(ABORT, 'assets is append-only'); END;
CREATE TRIGGER assets_kept BEFORE DELETE ON assets
BEGIN SELECT RAISE(ABORT, 'assets is append-only'); END;
CREATE TABLE asset_versions (
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
    name_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    lifecycle TEXT NOT NULL,
    listed INTEGER NOT NULL CHECK (listed IN (0, 1)),
    site_id BLOB CHECK (site_id IS NULL OR length(site_id) = 16),
    zone_id BLOB CHECK (zone_id IS NULL OR length(zone_id) = 16),
    product_key TEXT NOT NULL,
    firmware_key TEXT NOT NULL,
    verified_at INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES assets (organization_id, id),
    FOREIGN KEY (organization_id, site_id) REFERENCES sites (organization_id, id),
    FOREIGN KEY (organization_id, zone_id) REFERENCES zones (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX asset_versions_open ON asset_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX asset_versions_moment ON asset_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX asset_versions_reference_folded ON asset_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX asset_versions_by_listed ON asset_versions (organization_id, listed, recorded_from) WHERE recorded_until = 9000000000000000;
CREATE INDEX asset_versions_by_site ON asset_versions (organization_id, site_id, kind, listed, recorded_from) WHERE recorded_until = 9000000000000000;
CREATE INDEX asset_versions_by_zone ON asset_versions (organization_id, zone_id, kind, listed, recorded_from) WHERE recorded_until = 9000000000000000;
CREATE INDEX asset_versions_by_reference_key ON asset_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX asset_versions_by_name_key ON asset_versions (organization_id, name_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX asset_versions_by_kind ON asset_versions (organization_id, kind, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX asset_versions_by_product_key ON asset_versions (organization_id, product_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX asset_versions_by_firmware_key ON asset_versions (organization_id, firmware_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX asset_versions_by_verified_at ON asset_versions (organization_id, verified_at, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER asset_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, name_key, kind, lifecycle, listed, site_id, zone_id, product_key, firmware_key, verified_at ON asset_versions
BEGIN SELECT RAISE(ABORT, 'asset_versions is append-only'); END;
CREATE TRIGGER asset_versions_closing BEFORE UPDATE OF recorded_until ON asset_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'asset_versions closes once'); END;
CREATE TRIGGER asset_versions_kept BEFORE DELETE ON asset_versions
BEGIN SELECT RAISE(ABORT, 'asset_versions is append-only'); END;

CREATE TABLE asset_systems (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    asset_id BLOB NOT NULL CHECK (length(asset_id) = 16),
    system_id BLOB NOT NULL CHECK (length(system_id) = 16),
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    PRIMARY KEY (organization_id, asset_id, system_id, recorded_from),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, asset_id) REFERENCES assets (organization_id, id),
    FOREIGN KEY (organization_id, system_id) REFERENCES systems (organization_id, id)
) STRICT;
CREATE INDEX asset_systems_by_system_id_and_asset_id ON asset_systems (organization_id, system_id, asset_id) WHERE recorded_until = 9000000000000000;

CREATE TABLE asset_standings (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    impact TEXT,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id, recorded_from),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, id) REFERENCES assets (organization_id, id)
) STRICT;
CREATE INDEX asset_standings_by_id ON asset_standings (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX asset_standings_by_impact_and_id ON asset_standings (organization_id, impact, id) WHERE recorded_until = 9000000000000000;

CREATE TABLE interfaces (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER interfaces_frozen BEFORE UPDATE ON interfaces
BEGIN SELECT RAISE(ABORT, 'interfaces is append-only'); END;
CREATE TRIGGER interfaces_kept BEFORE DELETE ON interfaces
BEGIN SELECT RAISE(ABORT, 'interfaces is append-only'); END;
CREATE TABLE interface_versions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    record TEXT NOT NULL,
    salt BLOB NOT NULL,
    asset_id BLOB NOT NULL CHECK (length(asset_id) = 16),
    name TEXT NOT NULL,
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES interfaces (organization_id, id),
    FOREIGN KEY (organization_id, asset_id) REFERENCES assets (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX interface_versions_open ON interface_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX interface_versions_moment ON interface_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX interface_versions_asset_id_and_name ON interface_versions (organization_id, asset_id, name) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER interface_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, asset_id, name, retired ON interface_versions
BEGIN SELECT RAISE(ABORT, 'interface_versions is append-only'); END;
CREATE TRIGGER interface_versions_closing BEFORE UPDATE OF recorded_until ON interface_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'interface_versions closes once'); END;
CREATE TRIGGER interface_versions_kept BEFORE DELETE ON interface_versions
BEGIN SELECT RAISE(ABORT, 'interface_versions is append-only'); END;

CREATE TABLE interface_addresses (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    interface_id BLOB NOT NULL CHECK (length(interface_id) = 16),
    asset_id BLOB NOT NULL CHECK (length(asset_id) = 16),
    address TEXT NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    PRIMARY KEY (organization_id, interface_id, address, recorded_from),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, interface_id) REFERENCES interfaces (organization_id, id),
    FOREIGN KEY (organization_id, asset_id) REFERENCES assets (organization_id, id)
) STRICT;
CREATE INDEX interface_addresses_by_address_and_asset_id ON interface_addresses (organization_id, address, asset_id) WHERE recorded_until = 9000000000000000;
CREATE INDEX interface_addresses_by_asset_id_and_address ON interface_addresses (organization_id, asset_id, address);

CREATE TABLE services (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER services_frozen BEFORE UPDATE ON services
BEGIN SELECT RAISE(ABORT, 'services is append-only'); END;
CREATE TRIGGER services_kept BEFORE DELETE ON services
BEGIN SELECT RAISE(ABORT, 'services is append-only'); END;
CREATE TABLE service_versions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    record TEXT NOT NULL,
    salt BLOB NOT NULL,
    asset_id BLOB NOT NULL CHECK (length(asset_id) = 16),
    interface TEXT NOT NULL,
    protocol TEXT NOT NULL,
    transport TEXT NOT NULL,
    port INTEGER NOT NULL,
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES services (organization_id, id),
    FOREIGN KEY (organization_id, asset_id) REFERENCES assets (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX service_versions_open ON service_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX service_versions_moment ON service_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX service_versions_asset_id_and_transport_and_port_and_protocol ON service_versions (organization_id, asset_id, transport, port, protocol) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER service_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, asset_id, interface, protocol, transport, port, retired ON service_versions
BEGIN SELECT RAISE(ABORT, 'service_versions is append-only'); END;
CREATE TRIGGER service_versions_closing BEFORE UPDATE OF recorded_until ON service_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'service_versions closes once'); END;
CREATE TRIGGER service_versions_kept BEFORE DELETE ON service_versions
BEGIN SELECT RAISE(ABORT, 'service_versions is append-only'); END;

