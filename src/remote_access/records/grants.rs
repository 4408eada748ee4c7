//! How grants are kept, described and listed.
//!
//! Invariant: every column and every link row follows from the record. What was decided is shown and never typed; an edit of
//! anything but the notes and the test of the way off takes an approval away, and what a grant opened is not rewritten.

use super::links;
use crate::assets::Asset;
use crate::auth::Action;
use crate::conduits::Conduit;
use crate::ids::{AssetId, CircumstanceId, ConduitId, GrantId, Id, PersonId, SystemId, VendorId};
use crate::personnel::{Circumstance, Person, Vendor};
use crate::register::{Access, Act, Draft, Field, Filter, FilterInput, Lookup, Register, Sort, Words, listed};
use crate::remote_access::entering;
use crate::remote_access::model::{Grant, GrantKind, GrantStatus};
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::storage::{Audited, Cell, Change, Kind, Result, Snapshot, Table};
use crate::systems::System;
use crate::vocabulary::{Date, Endpoint, Moment, TimeZone, fold};
use crate::web::Place;
use crate::{as_of, choices, fields, fragment};

impl Audited for Grant {
    type Id = GrantId;
    const TABLE: Table = Table {
        kind: "grant",
        identity: "grants",
        versions: "grant_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("kind", Kind::Text),
            ("person_id", Kind::Id),
            ("vendor_id", Kind::Id),
            ("via_id", Kind::Id),
            ("status", Kind::Text),
            ("valid_until", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, "");
        cells.push(Cell::text(self.kind.map_or("", GrantKind::word)));
        cells.push(Cell::id(self.person));
        cells.push(Cell::id(self.vendor));
        cells.push(Cell::id(self.via));
        // What a moment decides beside is asked for by the column after it.
        cells.push(Cell::text(self.decided().word()));
        cells.push(Cell::text(moment(self.valid_until)));
        cells.push(Cell::Flag(Some(self.retired_on.is_some())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        [self.reference.as_str(), &self.purpose].into_iter().flat_map(fold::words).collect()
    }
}

fn moment(at: Option<Moment>) -> String {
    at.map_or_else(String::new, Moment::rfc3339)
}

fn told(act: Option<&Act>, zone: TimeZone) -> String {
    act.map_or_else(String::new, |act| act.told(zone))
}

impl Register for Grant {
    const WORDS: Words = Words {
        kind: "grant",
        collection: "grants",
        one: "grant",
        title: "Remote access",
        purpose: "Who may reach what from outside, through which gateway, until when and why. One person asks, another approves; a grant ends by itself.",
    };
    const ACCESS: Access =
        Access { read: Action::ReadAccess, edit: Action::EditAccess, import: Some(Action::ImportAccess) };
    const PLACE: Place = Place::Access;
    const SIGNED: bool = true;
    const FIELDS: &'static [Field<Self>] = fields! { Grant;
        "Who" {
            reference: reference, "Reference", "The tag your organization uses for it.";
            kind: choice(GrantKind), "Kind", "Interactive: a person at the other end. System-to-system: a machine (CIP-005-7 R2.4 asks for both).";
            person: link(PersonId, "person"), "Person", "Who uses it; for system-to-system access a vendor may stand alone.";
            vendor: link(VendorId, "vendor"), "Vendor", "The vendor it is for; the one its person acts for where empty.";
            purpose: prose, "Purpose", "Why it is needed (CIP-004-7 R4.1).";
        }
        "What" {
            targets: links(AssetId, "asset"), "Targets", "References of assets it reaches, separated by semicolons.";
            systems: links(SystemId, "system"), "Systems", "References of systems; every member of them is reached.";
        }
        "How" {
            via: link(AssetId, "asset"), "Through", "The Intermediate System it goes through, an asset with that role outside the ESP (CIP-005-7 R2.1).";
            encryption_end: link(AssetId, "asset"), "Encryption ends at", "What ends the encryption: the Intermediate System (CIP-005-7 R2.2).";
            mfa: flag, "Two factors", "Two factors of different kinds are asked for (CIP-005-7 R2.3).";
            split_tunnel: flag, "Split tunnel", "Traffic may go beside the tunnel (SC-7(7)).";
            conduit: link(ConduitId, "conduit"), "Conduit", "The conduit it goes through, where that is recorded; at low impact its inspection counts (CIP-003-9 Attachment 1 section 6.3).";
            sources: list(Endpoint), "Sources", "Addresses or subnets it may come from, separated by semicolons; empty for anywhere.";
            idle_minutes: number(1440), "Idle minutes", "Minutes without activity after which a session is to end; the organization's own limit where empty.";
        }
        "When" {
            valid_from: moment, "From", "The first moment, in the organization's zone as 2026-03-31 08:00, or with its offset.";
            valid_until: moment, "Until", "The moment from which it holds no more; it ends by itself. As long as the organization lets it at most.";
            status: reckoned(GrantStatus, standing), "Status", "Where it stands at the moment by what was decided.";
            circumstance: link(CircumstanceId, "circumstance"), "Exceptional circumstance", "The CIP Exceptional Circumstance under which it holds before it is approved (CIP-004-7 R4.1).";
        }
        "Switching off" {
            disable_method: prose, "How to switch it off", "What to do to end it at once (CIP-005-7 R2.5); a vendor's access has one.";
            reconnect_control: prose, "Against reconnecting", "What keeps it from being opened again (CIP-005-7 R3.2).";
            disable_tested_on: date, "Tried on", "The day switching it off was last tried; editing only this leaves an approval as it is.";
        }
        "Decision" {
            requested: shown_in(|grant: &Grant, zone| told(grant.requested.as_ref(), zone)), "Requested", "Who asked for it as it stands, and when.";
            approved: shown_in(|grant: &Grant, zone| told(grant.approved.as_ref(), zone)), "Approved", "Who approved it as it stands: another person than the one who asked.";
            approved_as: shown(|grant: &Grant| grant.approved_as.clone()), "Approved as", "The office in which it was approved; empty for the role alone.";
            refused: shown_in(|grant: &Grant, zone| told(grant.refused.as_ref(), zone)), "Refused", "Who refused it, and why.";
            extended: shown_in(|grant: &Grant, zone| told(grant.extended.as_ref(), zone)), "Extended", "Who extended it, once, and why.";
            extended_as: shown(|grant: &Grant| grant.extended_as.clone()), "Extended as", "The office in which it was extended; empty for the role alone.";
            extended_from: shown(|grant: &Grant| moment(grant.extended_from)), "Held until before", "When it would have ended without the extension.";
            revoked: shown_in(|grant: &Grant, zone| told(grant.revoked.as_ref(), zone)), "Revoked", "Who revoked it, and why.";
            removed_at: shown(|grant: &Grant| moment(grant.removed_at)), "Ability ceased", "When the ability ceased, where that was recorded apart from the revocation.";
            removal_proof: shown(|grant: &Grant| grant.removal_proof.clone()), "Shown by", "What shows that the ability ceased.";
        }
        "Life" {
            retired_on: date, "Retired on", "The day it was put away.";
            notes: prose, "Notes", "Anything else worth keeping; editing only this leaves an approval as it is.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: fragment!(
            columns ", (SELECT p.name FROM person_versions p WHERE p.organization_id = $1 AND p.id = v.person_id AND " [p] ") AS first, \
             (SELECT n.name FROM vendor_versions n WHERE n.organization_id = $1 AND n.id = COALESCE(v.vendor_id, (SELECT o.vendor_id \
             FROM person_versions o WHERE o.organization_id = $1 AND o.id = v.person_id AND " [o] ")) AND " [n] ") AS second"
        ),
        joins: Fragment::plain(""),
        from: "grant_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const DERIVED_IN: usize = 0;
    const DERIVED: &'static [(&'static str, &'static str)] =
        &[("person_name", "Name of the person"), ("vendor_name", "Name of the vendor")];
    const FILTERS: &'static [Filter] = FILTERS;
    const SORTS: &'static [Sort] = &[
        listed::BY_REFERENCE,
        Sort { name: "valid_until", label: "Until", key: SortKey("v.valid_until"), of: |cells| cells[9].clone() },
        Sort { name: "status", label: "Status", key: SortKey("v.status"), of: |cells| cells[8].clone() },
    ];
    const COLUMNS: &'static [&'static str] = &[
        "reference",
        "status",
        "person",
        "person_name",
        "vendor",
        "kind",
        "targets",
        "via",
        "valid_until",
        "systems",
        "purpose",
    ];
    const UNLESS: Option<(&'static str, Fragment)> = Some(listed::IN_SERVICE);
    const REQUIRED: &'static [&'static str] = &["reference", "kind", "purpose", "valid_from", "valid_until"];
    const LINKED: &'static [Table] = &[Vendor::TABLE, System::TABLE, Circumstance::TABLE];
    const LINKED_MANY: &'static [Table] = &[Person::TABLE, Asset::TABLE, Conduit::TABLE];

    fn label(&self, _lookup: &Lookup) -> String {
        self.reference.to_string()
    }

    fn title(&self) -> &str {
        self.purpose.lines().next().unwrap_or_default()
    }

    fn linked(&self) -> Vec<uuid::Uuid> {
        let assets = self.targets.iter().copied().chain(self.via).chain(self.encryption_end).map(Id::uuid);
        assets.chain(self.person.map(Id::uuid)).chain(self.conduit.map(Id::uuid)).collect()
    }

    fn is_retired(&self) -> bool {
        self.retired_on.is_some()
    }

    fn retire(&mut self, on: Date) {
        self.retired_on = Some(on);
    }

    fn mark(field: &str, word: &str) -> &'static str {
        match (field, word) {
            ("status", "requested" | "scheduled") => "mark waiting",
            ("status", "active") => "mark done",
            ("status", "revoked") => "mark open",
            ("status", _) => "mark excused",
            _ => "",
        }
    }

    fn signed(&mut self, before: Option<&Self>, by: Act) {
        if before.is_none_or(|before| before.asked() != self.asked()) {
            *self = Self {
                requested: Some(by),
                notes: std::mem::take(&mut self.notes),
                disable_tested_on: self.disable_tested_on,
                retired_on: self.retired_on,
                ..self.asked()
            };
        }
    }

    fn check(&self, draft: &mut Draft) {
        entering::check(self, draft);
    }

    async fn weigh(at: &mut Snapshot, grants: &[(Option<GrantId>, &Self)]) -> Result<Vec<Draft>> {
        entering::weigh(at, grants).await
    }

    async fn settle(change: &mut Change, id: GrantId, before: Option<&Self>, after: &Self) -> Result<()> {
        links::settle(change, id, before, after).await
    }
}

/// Where it stands at the lookup's moment; by what was decided alone where none was said.
fn standing(grant: &Grant, lookup: &Lookup) -> GrantStatus {
    lookup.moment().map_or_else(|| grant.decided(), |at| grant.status(at))
}

/// A moment, or the first one of a day in UTC, as the column holds it.
fn bound(text: &str) -> std::result::Result<Vec<Cell>, String> {
    let found = Moment::parse(text).or_else(|| Date::parse(text).ok().map(Date::midnight_utc));
    let wrong = "not a date or a moment; write 2026-03-31 (in UTC) or 2026-03-31T17:00:00-06:00";
    found.map(|at| vec![Cell::text(at.rfc3339())]).ok_or_else(|| wrong.to_owned())
}

#[expect(clippy::unnecessary_wraps, reason = "the form of a filter")]
fn named(text: &str) -> std::result::Result<Vec<Cell>, String> {
    Ok(vec![Cell::text(fold::folded(text))])
}

const FILTERS: &[Filter] = &[
    Filter {
        name: "status",
        label: "Decided",
        input: FilterInput::Choice(&[
            ("requested", "Requested"),
            ("active", "Approved"),
            ("revoked", "Revoked"),
            ("refused", "Refused"),
        ]),
        condition: Fragment::plain("v.status = ?"),
        values: |text| {
            match GrantStatus::parse(text) {
            Ok(GrantStatus::Scheduled | GrantStatus::Expired) | Err(_) => Err(
                "not one of: requested, active, revoked, refused; what has not begun or ran out is found by when it ends"
                    .to_owned(),
            ),
            Ok(status) => Ok(vec![Cell::text(status.word())]),
        }
        },
    },
    Filter {
        name: "kind",
        label: "Kind",
        input: FilterInput::Choice(choices!(GrantKind)),
        condition: Fragment::plain("v.kind = ?"),
        values: |text| GrantKind::parse(text).map(|kind| vec![Cell::text(kind.word())]),
    },
    Filter {
        name: "person",
        label: "Person",
        input: FilterInput::Link("person"),
        condition: fragment!(
            "v.person_id IN (SELECT p.id FROM person_versions p WHERE p.organization_id = $1 AND " [p] " AND p.reference_folded = ?)"
        ),
        values: named,
    },
    Filter {
        name: "vendor",
        label: "Vendor",
        input: FilterInput::Link("vendor"),
        condition: fragment!(
            "v.id IN (SELECT g.id FROM vendor_versions n JOIN grant_versions g ON g.organization_id = $1 AND g.vendor_id = n.id AND " [g]
            " WHERE n.organization_id = $1 AND " [n] " AND n.reference_folded = ? UNION ALL SELECT h.id FROM vendor_versions m JOIN person_versions p \
             ON p.organization_id = $1 AND p.vendor_id = m.id AND " [p] " JOIN grant_versions h ON h.organization_id = $1 AND h.person_id = p.id \
             AND h.vendor_id IS NULL AND " [h] " WHERE m.organization_id = $1 AND " [m] " AND m.reference_folded = ?)"
        ),
        values: |text| Ok(vec![Cell::text(fold::folded(text)), Cell::text(fold::folded(text))]),
    },
    Filter {
        name: "via",
        label: "Through",
        input: FilterInput::Link("asset"),
        condition: fragment!(
            "v.via_id IN (SELECT a.id FROM asset_versions a WHERE a.organization_id = $1 AND " [a] " AND a.reference_folded = ?)"
        ),
        values: named,
    },
    links::REACHES_ASSET,
    links::REACHES_SYSTEM,
    Filter {
        name: "ends_before",
        label: "Ends before",
        input: FilterInput::Date,
        condition: Fragment::plain("(v.valid_until <> '' AND v.valid_until < ?)"),
        values: bound,
    },
    Filter {
        name: "ends_from",
        label: "Ends from",
        input: FilterInput::Date,
        condition: Fragment::plain("v.valid_until >= ?"),
        values: bound,
    },
    listed::RETIRED,
];
