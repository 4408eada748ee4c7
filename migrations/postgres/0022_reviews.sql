-- Reviews of access and conduits: a population frozen as it was when the review began, and what was decided row by row.

CREATE TABLE reviews (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER reviews_frozen BEFORE UPDATE ON reviews FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER reviews_kept BEFORE DELETE ON reviews FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER reviews_whole BEFORE TRUNCATE ON reviews FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE reviews ENABLE ROW LEVEL SECURITY;
ALTER TABLE reviews FORCE ROW LEVEL SECURITY;
CREATE POLICY reviews_organization ON reviews USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON reviews TO glance_app;
CREATE TABLE review_versions (
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
    status TEXT COLLATE "C" NOT NULL,
    due_on TEXT COLLATE "C" NOT NULL,
    retired BOOLEAN NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES reviews (organization_id, id)
);
CREATE UNIQUE INDEX review_versions_open ON review_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX review_versions_moment ON review_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX review_versions_unique_reference_folded ON review_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX review_versions_by_reference_key ON review_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX review_versions_by_due_on ON review_versions (organization_id, due_on, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX review_versions_by_kind ON review_versions (organization_id, kind, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX review_versions_by_status ON review_versions (organization_id, status, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER review_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, kind, status, due_on, retired ON review_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER review_versions_closing BEFORE UPDATE OF recorded_until ON review_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER review_versions_kept BEFORE DELETE ON review_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER review_versions_whole BEFORE TRUNCATE ON review_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE review_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE review_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY review_versions_organization ON review_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON review_versions TO glance_app;

CREATE TABLE review_items (
    organization_id UUID NOT NULL,
    review_id UUID NOT NULL,
    n BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    subject_id UUID NOT NULL,
    person_id UUID,
    reference TEXT COLLATE "C" NOT NULL,
    reference_folded TEXT COLLATE "C" NOT NULL,
    holder_folded TEXT COLLATE "C" NOT NULL,
    doubtful BIGINT NOT NULL,
    record TEXT COLLATE "C" NOT NULL,
    recorded_from BIGINT NOT NULL,
    PRIMARY KEY (organization_id, review_id, n),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, review_id) REFERENCES reviews (organization_id, id)
);
CREATE INDEX review_items_by_subject_id ON review_items (organization_id, subject_id);
CREATE INDEX review_items_by_review_id_and_person_id ON review_items (organization_id, review_id, person_id);
CREATE INDEX review_items_by_review_id_and_doubtful_and_n ON review_items (organization_id, review_id, doubtful, n);
CREATE TRIGGER review_items_frozen BEFORE UPDATE ON review_items FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER review_items_kept BEFORE DELETE ON review_items FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER review_items_whole BEFORE TRUNCATE ON review_items FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE review_items ENABLE ROW LEVEL SECURITY;
ALTER TABLE review_items FORCE ROW LEVEL SECURITY;
CREATE POLICY review_items_organization ON review_items USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON review_items TO glance_app;

CREATE TABLE review_decisions (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
);
CREATE TRIGGER review_decisions_frozen BEFORE UPDATE ON review_decisions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER review_decisions_kept BEFORE DELETE ON review_decisions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER review_decisions_whole BEFORE TRUNCATE ON review_decisions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE review_decisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE review_decisions FORCE ROW LEVEL SECURITY;
CREATE POLICY review_decisions_organization ON review_decisions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT ON review_decisions TO glance_app;
CREATE TABLE review_decision_versions (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    record TEXT COLLATE "C" NOT NULL,
    salt BYTEA NOT NULL,
    review_id UUID NOT NULL,
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES review_decisions (organization_id, id),
    FOREIGN KEY (organization_id, review_id) REFERENCES reviews (organization_id, id)
);
CREATE UNIQUE INDEX review_decision_versions_open ON review_decision_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX review_decision_versions_moment ON review_decision_versions (organization_id, recorded_from);
CREATE INDEX review_decision_versions_by_review_id ON review_decision_versions (organization_id, review_id, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER review_decision_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, review_id ON review_decision_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER review_decision_versions_closing BEFORE UPDATE OF recorded_until ON review_decision_versions FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER review_decision_versions_kept BEFORE DELETE ON review_decision_versions FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER review_decision_versions_whole BEFORE TRUNCATE ON review_decision_versions FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE review_decision_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE review_decision_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY review_decision_versions_organization ON review_decision_versions USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON review_decision_versions TO glance_app;

CREATE TABLE review_standings (
    organization_id UUID NOT NULL,
    review_id UUID NOT NULL,
    n BIGINT NOT NULL,
    decision_id UUID NOT NULL,
    decision TEXT COLLATE "C" NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_until BIGINT NOT NULL,
    PRIMARY KEY (organization_id, review_id, n, recorded_until),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, review_id) REFERENCES reviews (organization_id, id),
    FOREIGN KEY (organization_id, decision_id) REFERENCES review_decisions (organization_id, id)
);
CREATE INDEX review_standings_by_review_id_and_decision_and_n ON review_standings (organization_id, review_id, decision, n) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER review_standings_frozen BEFORE UPDATE OF organization_id, review_id, n, decision_id, decision, recorded_from ON review_standings FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER review_standings_closing BEFORE UPDATE OF recorded_until ON review_standings FOR EACH ROW
WHEN (OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000)
EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER review_standings_kept BEFORE DELETE ON review_standings FOR EACH ROW EXECUTE FUNCTION glance_append_only();
CREATE TRIGGER review_standings_whole BEFORE TRUNCATE ON review_standings FOR EACH STATEMENT EXECUTE FUNCTION glance_append_only();
ALTER TABLE review_standings ENABLE ROW LEVEL SECURITY;
ALTER TABLE review_standings FORCE ROW LEVEL SECURITY;
CREATE POLICY review_standings_organization ON review_standings USING (organization_id = current_setting('glance.organization')::uuid);
GRANT SELECT, INSERT, UPDATE (recorded_until) ON review_standings TO glance_app;
