-- Views of lists people keep under a name, for themselves or for everybody in the organization.

CREATE TABLE saved_views (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    collection TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    query TEXT NOT NULL,
    shared INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE UNIQUE INDEX saved_views_unique_name ON saved_views (organization_id, user_id, collection, name_folded);
