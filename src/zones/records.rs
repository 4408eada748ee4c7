//! How zones are kept, described and listed.
//!
//! Invariant: whether a zone is an ESP stands in a column, because ratings of what lives in it depend on it.

use super::model::{Zone, ZoneKind};
use crate::ids::{SiteId, ZoneId};
use crate::register::{Act, Draft, Field, Filter, FilterInput, Layout, Lookup, Register, Sort, Words, listed};
use crate::sites::Site;
use crate::storage::list::{Fragment, ListSql};
use crate::storage::{AsOfSql, Audited, Cell, Change, Kind, Result, Snapshot, Table};
use crate::vocabulary::{Date, PurdueLevel, Subnet, TimeZone, fold};
use crate::web::Place;
use crate::{as_of, choices, fields};

impl Audited for Zone {
    type Id = ZoneId;
    const TABLE: Table = Table {
        kind: "zone",
        identity: "zones",
        versions: "zone_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("kind", Kind::Text),
            ("purdue_level", Kind::Text),
            ("esp", Kind::Flag),
            ("site_id", Kind::Id),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, &self.name);
        cells.push(Cell::text(self.kind.map_or("", ZoneKind::word)));
        cells.push(Cell::Text(self.purdue_level.map(|level| level.word().to_owned())));
        cells.push(Cell::Flag(Some(self.esp == Some(true))));
        cells.push(Cell::id(self.site));
        cells.push(Cell::Flag(Some(self.is_retired())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        let subnets = self.subnets.iter().map(ToString::to_string);
        let texts = [self.reference.as_str(), &self.name, &self.owner].into_iter().flat_map(fold::words);
        texts.chain(subnets.flat_map(|subnet| fold::words(&subnet).collect::<Vec<_>>())).collect()
    }
}

impl Register for Zone {
    const SIGNED: bool = true;
    const WORDS: Words = Words {
        kind: "zone",
        collection: "zones",
        one: "zone",
        title: "Zones",
        purpose: "Groups of assets with the same protection needs: enterprise, DMZ, control, safety; some are ESPs.",
    };
    const PLACE: Place = Place::Boundary;
    const FIELDS: &'static [Field<Self>] = fields! { Zone;
        "Identity" {
            reference: reference, "Reference", "The tag your organization uses for the zone.";
            name: line(120), "Name", "The name people know it by.";
            kind: choice(ZoneKind), "Kind", "What the zone is for; while it is empty, what depends on it is indeterminate.";
            purdue_level: choice(PurdueLevel), "Purdue level", "Level in the Purdue reference model; 3.5 is the DMZ.";
            site: link(SiteId, "site"), "Site", "Where it is, when it is at one site.";
            owner: line(120), "Owner", "Who answers for it.";
        }
        "Perimeter" {
            esp: flag, "ESP", "Electronic Security Perimeter: the logical border around BES Cyber Systems on a routable network (CIP-005-7 R1.1).";
            subnets: list(Subnet), "Subnets", "Networks of the zone, such as 10.7.1.0/24, separated by semicolons.";
            logical_boundary: prose, "Logical boundary", "Where it ends on the network (IEC 62443-3-2 ZCR 6.4).";
            physical_boundary: prose, "Physical boundary", "Where it ends in the building (IEC 62443-3-2 ZCR 6.4).";
            data_flows: prose, "Data flows", "What goes in and out, in a few words (IEC 62443-3-2 ZCR 6.4).";
            isolation_procedure: line(200), "Isolation procedure", "Document that says how the zone is cut off from the others (IEC 62443-3-3 SR 5.2 RE 2).";
            isolation_tested_on: date, "Isolation tested on", "The day that was last tried.";
        }
        "Security levels" {
            safety_related: flag, "Safety-related", "Does a safety function live in it?";
            worst_consequence: prose, "Worst consequence", "What the loss of the zone could lead to.";
            sl_t: levels, "SL-T", "Target security levels: seven levels in the order FR 1 to FR 7, such as 2 2 0 1 3 1 3.";
            sl_a: levels, "SL-A", "Achieved security levels: seven levels in the order FR 1 to FR 7, such as 2 2 0 1 3 1 3.";
            sl_a_assessed_on: date, "SL-A assessed on", "The day the achieved levels were assessed.";
        }
        "Life" {
            approved: shown_in(|zone: &Zone, calendar| approval(zone, calendar)), "Approved", "Who approved the zone as it stands; a change of anything but the notes takes it away.";
            retired_on: date, "Retired on", "The day it ceased to exist.";
            notes: prose, "Notes", "Anything else worth keeping.";
        }
    };
    const LIST: ListSql = ListSql {
        columns: Fragment::plain(concat!(crate::version_columns!(), ", NULL AS first, NULL AS second")),
        joins: Fragment::plain(""),
        from: "zone_versions v",
        holds: as_of!("v.organization_id = $1 AND "[v]),
    };
    const FILTERS: &'static [Filter] = &[
        Filter {
            name: "kind",
            label: "Kind",
            input: FilterInput::Choice(choices!(ZoneKind)),
            condition: Fragment::plain("v.kind = ?"),
            values: |text| ZoneKind::parse(text).map(|kind| vec![Cell::text(kind.word())]),
        },
        Filter {
            name: "purdue_level",
            label: "Purdue level",
            input: FilterInput::Choice(choices!(PurdueLevel)),
            condition: Fragment::plain("v.purdue_level = ?"),
            values: |text| PurdueLevel::parse(text).map(|level| vec![Cell::text(level.word())]),
        },
        Filter {
            name: "esp",
            label: "ESP",
            input: FilterInput::Choice(&[("yes", "ESP"), ("no", "Not an ESP")]),
            condition: Fragment::plain("v.esp = ?"),
            values: |text| crate::register::field::flag(text).map(|esp| vec![Cell::Flag(esp)]),
        },
        listed::at_site(),
        listed::RETIRED,
    ];
    const SORTS: &'static [Sort] = &[listed::BY_REFERENCE];
    const COLUMNS: &'static [&'static str] =
        &["reference", "name", "kind", "purdue_level", "esp", "subnets", "site", "owner"];
    const UNLESS: Option<(&'static str, Fragment)> = Some(listed::IN_SERVICE);
    const REQUIRED: &'static [&'static str] = &["reference", "name"];
    const LAYOUTS: &'static [Layout] = &[NAVV_SEGMENTS];
    const LINKED: &'static [Table] = &[Site::TABLE];

    fn label(&self, _lookup: &Lookup) -> String {
        self.reference.to_string()
    }

    fn title(&self) -> &str {
        &self.name
    }

    fn is_retired(&self) -> bool {
        self.retired_on.is_some()
    }

    fn retire(&mut self, on: Date) {
        self.retired_on = Some(on);
    }

    fn signed(&mut self, before: Option<&Self>, _by: Act) {
        let told = |zone: &Self| Self { notes: String::new(), ..zone.undecided() };
        if before.is_none_or(|before| told(before) != told(self)) {
            self.approved = None;
        }
    }

    async fn weigh(at: &mut Snapshot, zones: &[(Option<ZoneId>, &Self)]) -> Result<Vec<Draft>> {
        let mut weighed = Vec::with_capacity(zones.len());
        for (id, zone) in zones {
            let mut draft = Draft::default();
            if let (Some(id), Some(on)) = (id, zone.retired_on) {
                let joined = conduits_of(at, *id).await?;
                if !joined.is_empty() {
                    let some = joined.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ");
                    let said = format!("{} live conduits end here; retire them first: {some}", joined.len());
                    draft.refuse("retired_on", &on.to_string(), said);
                }
            }
            weighed.push(draft);
        }
        Ok(weighed)
    }

    async fn settle(change: &mut Change, id: ZoneId, before: Option<&Self>, after: &Self) -> Result<()> {
        if before.is_some() && before.is_none_or(|before| before.esp != after.esp) {
            change.in_mind::<Redrawn>().0.push(id);
        }
        Ok(())
    }
}

fn approval(zone: &Zone, calendar: TimeZone) -> String {
    zone.approved.as_ref().map_or_else(String::new, |act| act.told(calendar))
}

/// Segments as CISA's NAVV names them. They have no kind, and none is guessed.
const NAVV_SEGMENTS: Layout = Layout {
    name: "CISA NAVV segments",
    marks: &["name", "description", "cidr"],
    columns: &[("name", "reference"), ("name", "name"), ("description", "notes"), ("cidr", "subnets")],
    value: |field, text| if field == "subnets" { text.replace([',', ' '], ";") } else { text.to_owned() },
};

/// Live conduits that end in a zone. Conduits stand above zones, so only their table is named here.
const JOINED: AsOfSql = as_of!(
    "SELECT c.reference, c.id FROM conduit_versions c WHERE c.organization_id = $1 AND " [c]
    " AND NOT c.retired AND $3 IN (c.from_zone_id, c.to_zone_id) ORDER BY c.reference_key, c.id"
);

/// Texts of this file that know an instant, for the test that prepares every statement.
pub const INSTANT_STATEMENTS: &[AsOfSql] = &[JOINED];

async fn conduits_of(at: &mut Snapshot, zone: ZoneId) -> Result<Vec<String>> {
    let found: Vec<(String, uuid::Uuid)> = at.query(&JOINED).bind(zone).all().await?;
    Ok(found.into_iter().map(|(reference, _)| reference).collect())
}

/// Zones that became or ceased to be an ESP in this change; what lives in them follows.
#[derive(Debug, Default)]
pub struct Redrawn(pub Vec<ZoneId>);
