-- Walking an order asks each row what a filter wants to know; the answers stand in the index beside the order.

DROP INDEX asset_versions_by_reference_key;
DROP INDEX asset_versions_by_name_key;
DROP INDEX asset_versions_by_kind;
DROP INDEX asset_versions_by_product_key;
DROP INDEX asset_versions_by_firmware_key;
DROP INDEX asset_versions_by_verified_at;
CREATE INDEX asset_versions_by_reference_key ON asset_versions (organization_id, reference_key, id, zone_id, site_id, kind, listed, recorded_from) WHERE recorded_until = 9000000000000000;
CREATE INDEX asset_versions_by_name_key ON asset_versions (organization_id, name_key, id, zone_id, site_id, kind, listed, recorded_from) WHERE recorded_until = 9000000000000000;
CREATE INDEX asset_versions_by_kind ON asset_versions (organization_id, kind, id, zone_id, site_id, listed, recorded_from) WHERE recorded_until = 9000000000000000;
CREATE INDEX asset_versions_by_product_key ON asset_versions (organization_id, product_key, id, zone_id, site_id, kind, listed, recorded_from) WHERE recorded_until = 9000000000000000;
CREATE INDEX asset_versions_by_firmware_key ON asset_versions (organization_id, firmware_key, id, zone_id, site_id, kind, listed, recorded_from) WHERE recorded_until = 9000000000000000;
CREATE INDEX asset_versions_by_verified_at ON asset_versions (organization_id, verified_at, id, zone_id, site_id, kind, listed, recorded_from) WHERE recorded_until = 9000000000000000;
CREATE INDEX asset_versions_by_id_and_listed ON asset_versions (organization_id, id, listed, recorded_from) WHERE recorded_until = 9000000000000000;
