//! What an attestation may say.
//!
//! Invariant: pure; nobody attests to days that have not been, or to a version that was not in force.

use std::collections::BTreeSet;

use super::model::{Attestation, Judgment};
use crate::frameworks::{RequirementId, catalogs};
use crate::ids::{ArtifactId, Id};
use crate::register::{Draft, field};
use crate::vocabulary::Date;

/// What somebody typed to attest.
#[derive(Clone, Debug, Default)]
pub struct Claim {
    pub from: String,
    pub to: String,
    pub judgment: String,
    pub artifacts: String,
    pub statement: String,
}

/// The attestation a claim makes, or every problem it has.
pub fn attestation(requirement: &RequirementId, claim: &Claim, by: &str, today: Date) -> Result<Attestation, Draft> {
    let mut draft = Draft::default();
    let from = read(&mut draft, "from", &claim.from, Date::parse);
    let to = read(&mut draft, "to", &claim.to, Date::parse);
    let judgment = read(&mut draft, "judgment", &claim.judgment, Judgment::parse);
    let artifacts = read(&mut draft, "artifacts", &claim.artifacts, artifacts);
    let statement = read(&mut draft, "statement", &claim.statement, field::prose);
    if statement.as_ref().is_some_and(String::is_empty) {
        draft.refuse("statement", "", "missing; say what was looked at and why it is adequate or not");
    }
    if let (Some(from), Some(to)) = (from, to) {
        period(&mut draft, requirement, (from, to), today);
    }
    match (from, to, judgment, artifacts, statement) {
        (Some(from), Some(to), Some(judgment), Some(artifacts), Some(statement)) if draft.is_good() => {
            let (requirement, by) = (requirement.clone(), by.to_owned());
            Ok(Attestation { requirement, from, to, judgment, artifacts, statement, by, withdrawn: None })
        }
        _ => Err(draft),
    }
}

fn read<V>(draft: &mut Draft, name: &str, text: &str, parse: impl Fn(&str) -> Result<V, String>) -> Option<V> {
    parse(text.trim()).map_err(|problem| draft.refuse(name, text, problem)).ok()
}

/// Ids of evidence files, separated by semicolons or lines.
fn artifacts(text: &str) -> Result<BTreeSet<ArtifactId>, String> {
    let parts = text.split([';', ',', '\n']).map(str::trim).filter(|part| !part.is_empty());
    let wrong = |part: &str| format!("{part}: not the id of an evidence file");
    parts.map(|part| ArtifactId::parse(part).ok_or_else(|| wrong(part))).collect()
}

fn period(draft: &mut Draft, requirement: &RequirementId, (from, to): (Date, Date), today: Date) {
    if to < from {
        draft.refuse("to", &to.to_string(), format!("before the period begins on {from}"));
    } else if today < to {
        draft.refuse("to", &to.to_string(), format!("in the future; attest up to today, {today}"));
    }
    let standard = requirement.requirement().and_then(|found| catalogs().standard_of(found));
    let Some(standard) = standard else { return };
    if let Some(effective) = standard.effective.filter(|effective| from < *effective) {
        let problem = format!("{} is in force from {effective}; attest to its predecessor before that", standard.id);
        draft.refuse("from", &from.to_string(), problem);
    }
    if let Some(inactive) = standard.inactive.filter(|inactive| *inactive < to) {
        let problem = format!("{} was in force until {inactive}; attest to its successor after that", standard.id);
        draft.refuse("to", &to.to_string(), problem);
    }
}

/// The newest attestation that stands and covers the whole period, among those given oldest first.
#[must_use]
pub fn standing<'a>(
    attestations: impl IntoIterator<Item = &'a Attestation>,
    requirement: &str,
    (from, to): (Date, Date),
) -> Option<&'a Attestation> {
    let of_requirement = |found: &&Attestation| found.requirement.as_str() == requirement && found.covers_all(from, to);
    attestations.into_iter().filter(of_requirement).last()
}

#[cfg(test)]
mod tests {
    use super::{Claim, attestation, standing};
    use crate::controls::model::Withdrawal;
    use crate::frameworks::RequirementId;
    use crate::vocabulary::{Date, Moment};

    fn claim(from: &str, to: &str) -> Claim {
        let text = str::to_owned;
        Claim {
            from: text(from),
            to: text(to),
            judgment: text("adequate"),
            artifacts: String::new(),
            statement: text("Seen."),
        }
    }

    #[test]
    fn what_may_be_attested() {
        let today = Date::parse("2026-11-23").expect("a date");
        let good = ("CIP-007-6 R2.1", claim("2026-01-01", "2026-11-23"));
        let judged = |id: &str, claim: &Claim| {
            let id = RequirementId::parse(id).expect(id);
            attestation(&id, claim, "A. Person", today).map_err(|draft| draft.problems[0].field.clone())
        };
        assert!(judged(good.0, &good.1).is_ok());
        assert!(judged("SR 5.1", &claim("1999-01-01", "2026-01-01")).is_ok());
        assert!(judged("CIP-003-8 R3", &claim("2025-01-01", "2026-03-31")).is_ok());
        for (id, claim, field) in [
            ("CIP-007-6 R2.1", claim("2026-02-30", "2026-11-23"), "from"),
            ("CIP-007-6 R2.1", claim("2026-11-23", "2026-01-01"), "to"),
            ("CIP-007-6 R2.1", claim("2026-01-01", "2026-11-24"), "to"),
            ("CIP-003-9 R3", claim("2026-03-31", "2026-11-23"), "from"),
            ("CIP-003-8 R3", claim("2025-01-01", "2026-04-01"), "to"),
            ("CIP-007-6 R2.1", Claim { statement: " ".to_owned(), ..good.1.clone() }, "statement"),
            ("CIP-007-6 R2.1", Claim { judgment: "fine".to_owned(), ..good.1.clone() }, "judgment"),
            ("CIP-007-6 R2.1", Claim { artifacts: "x".to_owned(), ..good.1.clone() }, "artifacts"),
        ] {
            assert_eq!(judged(id, &claim), Err(field.to_owned()), "{id} {claim:?}");
        }
    }

    #[test]
    fn what_stands_for_a_period() {
        let day = |text: &str| Date::parse(text).expect("a date");
        let id = RequirementId::parse("CIP-007-6 R2.1").expect("an id");
        let make = |from, to| attestation(&id, &claim(from, to), "A", day("2026-11-23")).expect("good");
        let (old, mut new) = (make("2026-01-01", "2026-06-30"), make("2026-01-01", "2026-11-23"));
        let period = (day("2026-02-01"), day("2026-03-01"));
        assert_eq!(standing([&old, &new], "CIP-007-6 R2.1", period), Some(&new));
        assert_eq!(standing([&old, &new], "CIP-007-6 R2.2", period), None);
        assert_eq!(standing([&old], "CIP-007-6 R2.1", (day("2026-06-01"), day("2026-07-01"))), None);
        new.withdrawn = Some(Withdrawal { by: "B".to_owned(), at: Moment::ZERO, reason: "wrong file".to_owned() });
        assert_eq!(standing([&old, &new], "CIP-007-6 R2.1", period), Some(&old));
    }
}
