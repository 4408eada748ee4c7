-- The inventory: sites, systems, zones, assets, their interfaces and services.

CREATE TABLE sites (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER sites_frozen BEFORE UPDATE ON sites FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER sites_kept BEFORE DELETE ON sites FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER sites_whole BEFORE TRUNCATE ON sites FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE sites ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites FORCE ROW LEVEL SECURITY;
CREATE POLICY sites_organization ON sites USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON sites TO glance_app;
CREATE TABLE site_versions (
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
    kind TEXT COLLATE "C" NOT NULL,
    retired BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES sites (organization_id, id)
);
CREATE UNIQUE INDEX site_versions_open ON site_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX site_versions_moment ON site_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX site_versions_reference_folded ON site_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX site_versions_by_reference_key ON site_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER site_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, kind, retired ON site_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER site_versions_closing BEFORE UPDATE OF recorded_until ON site_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER site_versions_kept BEFORE DELETE ON site_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER site_versions_whole BEFORE TRUNCATE ON site_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE site_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE site_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY site_versions_organization ON site_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON site_versions TO glance_app;

CREATE TABLE systems (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER systems_frozen BEFORE UPDATE ON systems FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER systems_kept BEFORE DELETE ON systems FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER systems_whole BEFORE TRUNCATE ON systems FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE systems ENABLE ROW LEVEL SECURITY;
ALTER TABLE systems FORCE ROW LEVEL SECURITY;
CREATE POLICY systems_organization ON systems USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON systems TO glance_app;
CREATE TABLE system_versions (
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
    site_id UUID,
    impact TEXT COLLATE "C",
    retired BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES systems (organization_id, id),
    FOREIGN KEY (organization_id, site_id) REFERENCES sites (organization_id, id)
);
CREATE UNIQUE INDEX system_versions_open ON system_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX system_versions_moment ON system_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX system_versions_reference_folded ON system_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX system_versions_by_reference_key ON system_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER system_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, site_id, impact, retired ON system_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER system_versions_closing BEFORE UPDATE OF recorded_until ON system_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER system_versions_kept BEFORE DELETE ON system_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER system_versions_whole BEFORE TRUNCATE ON system_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE system_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE system_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY system_versions_organization ON system_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON system_versions TO glance_app;

CREATE TABLE zones (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER zones_frozen BEFORE UPDATE ON zones FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER zones_kept BEFORE DELETE ON zones FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER zones_whole BEFORE TRUNCATE ON zones FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE zones ENABLE ROW LEVEL SECURITY;
ALTER TABLE zones FORCE ROW LEVEL SECURITY;
CREATE POLICY zones_organization ON zones USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON zones TO glance_app;
CREATE TABLE zone_versions (
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
    kind TEXT COLLATE "C" NOT NULL,
    purdue_level TEXT COLLATE "C",
    esp BOOLEAN NOT NULL,
    site_id UUID,
    retired BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES zones (organization_id, id),
    FOREIGN KEY (organization_id, site_id) REFERENCES sites (organization_id, id)
);
CREATE UNIQUE INDEX zone_versions_open ON zone_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX zone_versions_moment ON zone_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX zone_versions_reference_folded ON zone_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX zone_versions_by_reference_key ON zone_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER zone_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, kind, purdue_level, esp, site_id, retired ON zone_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER zone_versions_closing BEFORE UPDATE OF recorded_until ON zone_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER zone_versions_kept BEFORE DELETE ON zone_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER zone_versions_whole BEFORE TRUNCATE ON zone_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE zone_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE zone_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY zone_versions_organization ON zone_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON zone_versions TO glance_app;

CREATE TABLE assets (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER assets_frozen BEFORE UPDATE ON assets FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER assets_kept BEFORE DELETE ON assets FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER assets_whole BEFORE TRUNCATE ON assets FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE assets ENABLE ROW LEVEL SECURITY;
ALTER TABLE assets FORCE ROW LEVEL SECURITY;
CREATE POLICY assets_organization ON assets USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON assets TO glance_app;
CREATE TABLE asset_versions (
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
    name_key TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    lifecycle TEXT COLLATE "C" NOT NULL,
    listed BOOLEAN NOT NULL,
    site_id UUID,
    zone_id UUID,
    product_key TEXT COLLATE "C" NOT NULL,
    firmware_key TEXT COLLATE "C" NOT NULL,
    verified_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES assets (organization_id, id),
    FOREIGN KEY (organization_id, site_id) REFERENCES sites (organization_id, id),
    FOREIGN KEY (organization_id, zone_id) REFERENCES zones (organization_id, id)
);
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
CREATE TRIGGER asset_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, name_key, kind, lifecycle, listed, site_id, zone_id, product_key, firmware_key, verified_at ON asset_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER asset_versions_closing BEFORE UPDATE OF recorded_until ON asset_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER asset_versions_kept BEFORE DELETE ON asset_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER asset_versions_whole BEFORE TRUNCATE ON asset_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE asset_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE asset_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY asset_versions_organization ON asset_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON asset_versions TO glance_app;

CREATE TABLE asset_systems (
    organization_id UUID NOT NULL,
    asset_id UUID NOT NULL,
    system_id UUID NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    PRIMARY KEY (organization_id, asset_id, system_id, recorded_from),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, asset_id) REFERENCES assets (organization_id, id),
    FOREIGN KEY (organization_id, system_id) REFERENCES systems (organization_id, id)
);
CREATE INDEX asset_systems_by_system_id_and_asset_id ON asset_systems (organization_id, system_id, asset_id) WHERE recorded_until = 9000000000000000;
ALTER TABLE asset_systems ENABLE ROW LEVEL SECURITY;
ALTER TABLE asset_systems FORCE ROW LEVEL SECURITY;
CREATE POLICY asset_systems_organization ON asset_systems USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON asset_systems TO glance_app;

CREATE TABLE asset_standings (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    impact TEXT COLLATE "C",
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id, recorded_from),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, id) REFERENCES assets (organization_id, id)
);
CREATE INDEX asset_standings_by_id ON asset_standings (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX asset_standings_by_impact_and_id ON asset_standings (organization_id, impact, id) WHERE recorded_until = 9000000000000000;
ALTER TABLE asset_standings ENABLE ROW LEVEL SECURITY;
ALTER TABLE asset_standings FORCE ROW LEVEL SECURITY;
CREATE POLICY asset_standings_organization ON asset_standings USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON asset_standings TO glance_app;

CREATE TABLE interfaces (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER interfaces_frozen BEFORE UPDATE ON interfaces FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER interfaces_kept BEFORE DELETE ON interfaces FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER interfaces_whole BEFORE TRUNCATE ON interfaces FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE interfaces ENABLE ROW LEVEL SECURITY;
ALTER TABLE interfaces FORCE ROW LEVEL SECURITY;
CREATE POLICY interfaces_organization ON interfaces USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON interfaces TO glance_app;
CREATE TABLE interface_versions (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    record TEXT COLLATE "C" NOT NULL,
    salt BYTEA NOT NULL,
    asset_id UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    retired BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES interfaces (organization_id, id),
    FOREIGN KEY (organization_id, asset_id) REFERENCES assets (organization_id, id)
);
CREATE UNIQUE INDEX interface_versions_open ON interface_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX interface_versions_moment ON interface_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX interface_versions_asset_id_and_name ON interface_versions (organization_id, asset_id, name) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER interface_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, asset_id, name, retired ON interface_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER interface_versions_closing BEFORE UPDATE OF recorded_until ON interface_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER interface_versions_kept BEFORE DELETE ON interface_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER interface_versions_whole BEFORE TRUNCATE ON interface_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE interface_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE interface_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY interface_versions_organization ON interface_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON interface_versions TO glance_app;

CREATE TABLE interface_addresses (
    organization_id UUID NOT NULL,
    interface_id UUID NOT NULL,
    asset_id UUID NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    PRIMARY KEY (organization_id, interface_id, address, recorded_from),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, interface_id) REFERENCES interfaces (organization_id, id),
    FOREIGN KEY (organization_id, asset_id) REFERENCES assets (organization_id, id)
);
CREATE INDEX interface_addresses_by_address_and_asset_id ON interface_addresses (organization_id, address, asset_id) WHERE recorded_until = 9000000000000000;
CREATE INDEX interface_addresses_by_asset_id_and_address ON interface_addresses (organization_id, asset_id, address);
ALTER TABLE interface_addresses ENABLE ROW LEVEL SECURITY;
ALTER TABLE interface_addresses FORCE ROW LEVEL SECURITY;
CREATE POLICY interface_addresses_organization ON interface_addresses USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON interface_addresses TO glance_app;

CREATE TABLE services (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER services_frozen BEFORE UPDATE ON services FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER services_kept BEFORE DELETE ON services FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER services_whole BEFORE TRUNCATE ON services FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE services ENABLE ROW LEVEL SECURITY;
ALTER TABLE services FORCE ROW LEVEL SECURITY;
CREATE POLICY services_organization ON services USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON services TO glance_app;
CREATE TABLE service_versions (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    record TEXT COLLATE "C" NOT NULL,
    salt BYTEA NOT NULL,
    asset_id UUID NOT NULL,
    interface TEXT COLLATE "C" NOT NULL,
    protocol TEXT COLLATE "C" NOT NULL,
    transport TEXT COLLATE "C" NOT NULL,
    port BIGINT NOT NULL,
    retired BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES services (organization_id, id),
    FOREIGN KEY (organization_id, asset_id) REFERENCES assets (organization_id, id)
);
CREATE UNIQUE INDEX service_versions_open ON service_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX service_versions_moment ON service_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX service_versions_asset_id_and_transport_and_port_and_protocol ON service_versions (organization_id, asset_id, transport, port, protocol) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER service_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, asset_id, interface, protocol, transport, port, retired ON service_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER service_versions_closing BEFORE UPDATE OF recorded_until ON service_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER service_versions_kept BEFORE DELETE ON service_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER service_versions_whole BEFORE TRUNCATE ON service_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE service_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE service_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY service_versions_organization ON service_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON service_versions TO glance_app;

