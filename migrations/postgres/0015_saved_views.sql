-- Views of lists people keep under a name, for themselves or for everybody in the organization.

CREATE TABLE saved_views (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    collection TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_folded TEXT COLLATE "C" NOT NULL,
    query TEXT COLLATE "C" NOT NULL,
    shared BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE UNIQUE INDEX saved_views_unique_name ON saved_views (organization_id, user_id, collection, name_folded);
ALTER TABLE saved_views ENABLE ROW LEVEL SECURITY;
ALTER TABLE saved_views FORCE ROW LEVEL SECURITY;
CREATE POLICY saved_views_organization ON saved_views USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (name, name_folded, shared, changed_at), DELETE ON saved_views TO glance_app;
