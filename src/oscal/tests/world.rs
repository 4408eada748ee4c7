//! A utility with one substation: some of it is in order, some fails, some is excused, some is open.
//!
//! Invariant: made of the same types as a package's dossier, and the same whenever it is made.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use crate::assets::model::{Asset, Category, Lifecycle, Service};
use crate::checks::Severity;
use crate::checks::facts::{Facts, Limits};
use crate::checks::judging::Outcomes;
use crate::checks::scope::Scope;
use crate::controls::Attestation;
use crate::controls::model::Judgment;
use crate::exceptions::{Exception, ExceptionKind};
use crate::findings::{Finding, RemediationEntry, State};
use crate::frameworks::RequirementId;
use crate::ids::{ArtifactId, AssetId, FindingId, Id, SiteId, SystemId};
use crate::organizations::OrganizationProfile;
use crate::oscal::{Evidence, Found, Material};
use crate::posture::Judged;
use crate::posture::standing::{Beside, Standings};
use crate::register::Act;
use crate::sites::rules::Criterion;
use crate::sites::{Site, SiteKind};
use crate::systems::System;
use crate::vocabulary::{Date, Moment, Reference, TimeZone};

const NOW: Moment = Moment::from_micros(1_772_463_600_000_000);
pub const EVERY: [&str; 6] =
    ["nerc-cip", "iec-62443-2-1", "iec-62443-3-2", "iec-62443-3-3", "iec-62443-4-2", "nist-800-82r3"];

pub struct World {
    pub profile: OrganizationProfile,
    pub instant: Moment,
    pub judged: Judged,
    pub narratives: Vec<(String, String)>,
    pub attestations: Vec<Attestation>,
    pub findings: Vec<(Finding, Vec<RemediationEntry>)>,
    pub exceptions: Vec<Exception>,
    /// The records of the exceptions are in the package.
    pub known: bool,
}

fn id(kind: u128, n: usize) -> Uuid {
    Uuid::from_u128(kind << 64 | n as u128)
}

fn reference(text: &str) -> Reference {
    Reference::parse(text).expect("a reference")
}

fn date(text: &str) -> Date {
    Date::parse(text).expect("a date")
}

/// So many devices without firmware in one protection system; each has a port that nobody needs.
fn facts(devices: usize) -> Facts {
    let mut facts = Facts::new(id(9, 1), NOW, TimeZone::UTC, Limits::default());
    if devices == 0 {
        return facts;
    }
    let criterion = || Criterion::parse("2.5").expect("a criterion");
    let site = Site {
        reference: reference("SUB07"),
        kind: Some(SiteKind::TransmissionSubstation),
        criteria: vec![criterion()],
        criteria_reason: "345 kV".to_owned(),
        ..Site::default()
    };
    facts.put_site(id(1, 1), site);
    let system = System {
        reference: reference("S7-PROT"),
        site: Some(SiteId::from_uuid(id(1, 1))),
        criterion: Some(criterion()),
        impact_reason: "at SUB07".to_owned(),
        erc: Some(true),
        dial_up: Some(false),
        ..System::default()
    };
    facts.put_system(id(2, 1), system);
    for n in 1..=devices {
        let asset = Asset {
            reference: reference(&format!("7-PR-{n}")),
            lifecycle: Some(Lifecycle::InService),
            categories: [Category::Bca].into(),
            systems: [SystemId::from_uuid(id(2, 1))].into(),
            site: Some(SiteId::from_uuid(id(1, 1))),
            ..Asset::default()
        };
        facts.put_asset(id(4, n), asset);
        let port = Service {
            asset: Some(AssetId::from_uuid(id(4, n))),
            protocol: "telnet".to_owned(),
            needed: Some(false),
            ..Service::default()
        };
        facts.put_service(id(5, n), port);
    }
    facts
}

/// The port cannot be closed where it is: excused by the part's own words.
fn exception() -> Exception {
    let act = || Act { by: None, name: "Somebody".to_owned(), at: NOW, reason: "no other way".to_owned() };
    Exception {
        reference: reference("X-00001"),
        title: "Ports of the relays".to_owned(),
        kind: Some(ExceptionKind::Tfe),
        checks: vec!["GL-SVC-01".to_owned()],
        everything: Some(true),
        basis: "The relays cannot close it.".to_owned(),
        compensating: "The line is watched.".to_owned(),
        from: Some(date("2026-01-01")),
        expires: Some(date("2026-12-31")),
        requested: Some(act()),
        approved: Some(act()),
        ..Exception::default()
    }
}

fn findings() -> Vec<(Finding, Vec<RemediationEntry>)> {
    let open = Finding {
        reference: reference("F-00001"),
        title: "Firmware is not recorded".to_owned(),
        severity: Some(Severity::Medium),
        state: State::InRemediation,
        check: "GL-INV-06".to_owned(),
        requirements: vec!["CIP-010-4 R1.1".to_owned()],
        because: "no firmware is recorded".to_owned(),
        due: Some(date("2026-04-30")),
        ..Finding::default()
    };
    let closed = Finding { reference: reference("F-00002"), state: State::Closed, ..open.clone() };
    let entry = RemediationEntry {
        finding: FindingId::from_uuid(id(6, 1)),
        done: "Read the firmware of the first relay.".to_owned(),
        place: "SUB07".to_owned(),
        at: NOW.plus_seconds(-3600),
        by: None,
        name: "Somebody".to_owned(),
        minutes: None,
        finished: false,
        evidence: Vec::new(),
        records: Vec::new(),
    };
    vec![(open, vec![entry]), (closed, Vec::new())]
}

impl World {
    /// A utility with so many devices.
    pub fn of(devices: usize) -> Self {
        let facts = facts(devices);
        let exceptions = vec![exception()];
        let mut beside = Beside { exceptions: exceptions.clone(), day: Some(date("2026-03-02")), ..Beside::default() };
        let good = crate::posture::rules::Attested::Adequate;
        beside.attested.insert("CIP-002-5.1a R1.2".to_owned(), good);
        let (outcomes, scope) = (Outcomes::of(&facts), Arc::new(Scope::of(&facts)));
        let days = (date("2025-10-01"), date("2026-03-02"));
        let standings = Standings::of(&facts, &outcomes, &scope, days, &beside);
        let judged = Judged { size: 42, facts, outcomes, gaps: HashMap::new(), scope, beside, standings };
        let attestation = Attestation {
            requirement: RequirementId::parse("CIP-002-5.1a R1.2").expect("known"),
            from: days.0,
            to: days.1,
            judgment: Judgment::Adequate,
            artifacts: [ArtifactId::from_uuid(id(8, 1))].into(),
            statement: "Read the list.".to_owned(),
            by: "Somebody".to_owned(),
            withdrawn: None,
        };
        Self {
            profile: OrganizationProfile::begin("larkspur", "Larkspur Valley Power", "UTC").expect("a profile"),
            instant: NOW,
            judged,
            narratives: vec![("CIP-007-6 R1.1".to_owned(), "We close what we can.".to_owned())],
            attestations: vec![attestation],
            findings: findings(),
            exceptions,
            known: true,
        }
    }

    /// What a package of these frameworks would be written from.
    pub fn material(&self, frameworks: &[&str]) -> Material<'_> {
        let parts = self.judged.standings.parts.iter();
        let numbered = |n: usize, kind: u128| id(kind, n + 1);
        let findings = self.findings.iter().enumerate().map(|(n, (finding, entries))| {
            let entries = entries.iter().enumerate().map(|(m, entry)| (id(7, n * 10 + m), entry)).collect();
            Found { id: numbered(n, 6), finding, entries }
        });
        Material {
            package: "GLANCE-test",
            organization: self.judged.facts.organization,
            profile: &self.profile,
            period: (date("2025-10-01"), date("2026-03-02")),
            instant: self.instant,
            judged: &self.judged,
            parts: parts.filter(|one| frameworks.contains(&one.part.framework.as_str())).collect(),
            narratives: self.narratives.iter().map(|(part, text)| (part.as_str(), text.as_str())).collect(),
            attestations: self.attestations.iter().enumerate().map(|(n, one)| (numbered(n, 10), one)).collect(),
            findings: findings.collect(),
            exceptions: self
                .exceptions
                .iter()
                .enumerate()
                .map(|(n, one)| (self.known.then(|| numbered(n, 11)), one))
                .collect(),
            evidence: vec![Evidence {
                artifact: Some(id(8, 1)),
                title: "List of systems".to_owned(),
                media_type: "application/pdf".to_owned(),
                bcsi: true,
                sha256: "ab".repeat(32),
                paths: vec!["03_evidence/CIP-002/R1/R1.2/list.pdf".to_owned()],
                parts: vec!["CIP-002-5.1a R1.2".to_owned(), "CIP-007-6 R1.1".to_owned()],
            }],
        }
    }
}
