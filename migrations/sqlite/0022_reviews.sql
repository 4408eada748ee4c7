-- Reviews of access and conduits: a population frozen as it was when the review began, and what was decided row by row.

CREATE TABLE reviews (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER reviews_frozen BEFORE UPDATE ON reviews
BEGIN SELECT RAISE(ABORT, 'reviews is append-only'); END;
CREATE TRIGGER reviews_kept BEFORE DELETE ON reviews
BEGIN SELECT RAISE(ABORT, 'reviews is append-only'); END;
CREATE TABLE review_versions (
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
    status TEXT NOT NULL,
    due_on TEXT NOT NULL,
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES reviews (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX review_versions_open ON review_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX review_versions_moment ON review_versions (organization_id, recorded_from);
CREATE UNIQUE INDEX review_versions_unique_reference_folded ON review_versions (organization_id, reference_folded) WHERE recorded_until = 9000000000000000;
CREATE INDEX review_versions_by_reference_key ON review_versions (organization_id, reference_key, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX review_versions_by_due_on ON review_versions (organization_id, due_on, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX review_versions_by_kind ON review_versions (organization_id, kind, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX review_versions_by_status ON review_versions (organization_id, status, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER review_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, reference, reference_folded, reference_key, name, kind, status, due_on, retired ON review_versions
BEGIN SELECT RAISE(ABORT, 'review_versions is append-only'); END;
CREATE TRIGGER review_versions_closing BEFORE UPDATE OF recorded_until ON review_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'review_versions closes once'); END;
CREATE TRIGGER review_versions_kept BEFORE DELETE ON review_versions
BEGIN SELECT RAISE(ABORT, 'review_versions is append-only'); END;

CREATE TABLE review_items (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    review_id BLOB NOT NULL CHECK (length(review_id) = 16),
    n INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject_id BLOB NOT NULL CHECK (length(subject_id) = 16),
    person_id BLOB CHECK (length(person_id) = 16),
    reference TEXT NOT NULL,
    reference_folded TEXT NOT NULL,
    holder_folded TEXT NOT NULL,
    doubtful INTEGER NOT NULL,
    record TEXT NOT NULL,
    recorded_from INTEGER NOT NULL,
    PRIMARY KEY (organization_id, review_id, n),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, review_id) REFERENCES reviews (organization_id, id)
) STRICT;
CREATE INDEX review_items_by_subject_id ON review_items (organization_id, subject_id);
CREATE INDEX review_items_by_review_id_and_person_id ON review_items (organization_id, review_id, person_id);
CREATE INDEX review_items_by_review_id_and_doubtful_and_n ON review_items (organization_id, review_id, doubtful, n);
CREATE TRIGGER review_items_frozen BEFORE UPDATE ON review_items
BEGIN SELECT RAISE(ABORT, 'review_items is append-only'); END;
CREATE TRIGGER review_items_kept BEFORE DELETE ON review_items
BEGIN SELECT RAISE(ABORT, 'review_items is append-only'); END;

CREATE TABLE review_decisions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id) REFERENCES organizations (id)
) STRICT;
CREATE TRIGGER review_decisions_frozen BEFORE UPDATE ON review_decisions
BEGIN SELECT RAISE(ABORT, 'review_decisions is append-only'); END;
CREATE TRIGGER review_decisions_kept BEFORE DELETE ON review_decisions
BEGIN SELECT RAISE(ABORT, 'review_decisions is append-only'); END;
CREATE TABLE review_decision_versions (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    record TEXT NOT NULL,
    salt BLOB NOT NULL,
    review_id BLOB NOT NULL CHECK (length(review_id) = 16),
    PRIMARY KEY (organization_id, id, version),
    FOREIGN KEY (organization_id, id) REFERENCES review_decisions (organization_id, id),
    FOREIGN KEY (organization_id, review_id) REFERENCES reviews (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX review_decision_versions_open ON review_decision_versions (organization_id, id) WHERE recorded_until = 9000000000000000;
CREATE INDEX review_decision_versions_moment ON review_decision_versions (organization_id, recorded_from);
CREATE INDEX review_decision_versions_by_review_id ON review_decision_versions (organization_id, review_id, id) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER review_decision_versions_frozen BEFORE UPDATE OF organization_id, id, version, recorded_from, recorded_by, reason, record, salt, review_id ON review_decision_versions
BEGIN SELECT RAISE(ABORT, 'review_decision_versions is append-only'); END;
CREATE TRIGGER review_decision_versions_closing BEFORE UPDATE OF recorded_until ON review_decision_versions
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'review_decision_versions closes once'); END;
CREATE TRIGGER review_decision_versions_kept BEFORE DELETE ON review_decision_versions
BEGIN SELECT RAISE(ABORT, 'review_decision_versions is append-only'); END;

CREATE TABLE review_standings (
    organization_id BLOB NOT NULL CHECK (length(organization_id) = 16),
    review_id BLOB NOT NULL CHECK (length(review_id) = 16),
    n INTEGER NOT NULL,
    decision_id BLOB NOT NULL CHECK (length(decision_id) = 16),
    decision TEXT NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_until INTEGER NOT NULL,
    PRIMARY KEY (organization_id, review_id, n, recorded_until),
    FOREIGN KEY (organization_id) REFERENCES organizations (id),
    FOREIGN KEY (organization_id, review_id) REFERENCES reviews (organization_id, id),
    FOREIGN KEY (organization_id, decision_id) REFERENCES review_decisions (organization_id, id)
) STRICT;
CREATE INDEX review_standings_by_review_id_and_decision_and_n ON review_standings (organization_id, review_id, decision, n) WHERE recorded_until = 9000000000000000;
CREATE TRIGGER review_standings_frozen BEFORE UPDATE OF organization_id, review_id, n, decision_id, decision, recorded_from ON review_standings
BEGIN SELECT RAISE(ABORT, 'review_standings is append-only'); END;
CREATE TRIGGER review_standings_closing BEFORE UPDATE OF recorded_until ON review_standings
WHEN OLD.recorded_until <> 9000000000000000 OR NEW.recorded_until <= OLD.recorded_from OR NEW.recorded_until >= 9000000000000000
BEGIN SELECT RAISE(ABORT, 'review_standings closes once'); END;
CREATE TRIGGER review_standings_kept BEFORE DELETE ON review_standings
BEGIN SELECT RAISE(ABORT, 'review_standings is append-only'); END;
