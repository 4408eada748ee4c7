//! The scope of a package: which requirement parts it answers.
//!
//! Invariant: pure; every word names something of a catalog, and a scope that reaches no part in force within the period is
//! refused. Both versions of a standard that changed within the period are answered, each for its own days.

use serde::{Deserialize, Serialize};

use super::model::Period;
use crate::frameworks::scoping::{self, Placed};
use crate::frameworks::{Requirement, ScopeName, Standard};

/// Names of what is in scope; none for every part of NERC CIP.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scope(Vec<ScopeName>);

/// A part in scope, and the days for which its version answers.
#[derive(Clone, Copy, Debug)]
pub struct Scoped {
    pub requirement: &'static Requirement,
    pub standard: &'static Standard,
    /// The days of the period on which the version was in force.
    pub span: Period,
}

impl Scope {
    #[must_use]
    pub fn everything() -> Self {
        Self::default()
    }

    /// Reads names separated by semicolons, commas or lines; the error tells the first that no catalog knows.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut known = Vec::new();
        for name in text.split([';', ',', '\n']).map(str::trim).filter(|name| !name.is_empty()) {
            let name = ScopeName::parse(name)?;
            if !known.contains(&name) {
                known.push(name);
            }
        }
        Ok(Self(known))
    }

    /// The scope of names that were read before, such as an engagement's.
    #[must_use]
    pub fn of(names: &[ScopeName]) -> Self {
        Self(names.to_vec())
    }

    #[must_use]
    pub fn names(&self) -> &[ScopeName] {
        &self.0
    }

    /// What is in scope, for people.
    #[must_use]
    pub fn told(&self) -> String {
        if self.0.is_empty() {
            "every part of NERC CIP in force within the period".to_owned()
        } else {
            self.0.iter().map(ScopeName::as_str).collect::<Vec<_>>().join("; ")
        }
    }

    /// The parts in scope that were in force on any day of the period, in the order of the catalogs; the error says why
    /// there are none.
    pub fn parts(&self, period: Period) -> Result<Vec<Scoped>, String> {
        let named: Vec<Placed> = scoping::named(&self.0).collect();
        let in_force = |(_, standard): &&Placed| standard.in_force_within(period.from, period.to);
        let scoped = |(requirement, standard): &Placed| {
            let from = standard.effective.map_or(period.from, |effective| effective.max(period.from));
            let to = standard.inactive.map_or(period.to, |inactive| inactive.min(period.to));
            Scoped { requirement, standard, span: Period { from, to } }
        };
        let found: Vec<Scoped> = named.iter().filter(in_force).map(scoped).collect();
        if found.is_empty() {
            return Err(format!("no part of it was in force from {period}; {}", in_force_told(&named)));
        }
        Ok(found)
    }
}

/// When the named standards are in force.
fn in_force_told(named: &[Placed]) -> String {
    let mut told: Vec<String> = Vec::new();
    for (_, standard) in named {
        let from = standard.effective.map_or_else(String::new, |day| format!(" from {day}"));
        let to = standard.inactive.map_or_else(String::new, |day| format!(" to {day}"));
        let line = format!("{} is in force{from}{to}", standard.id);
        if !told.contains(&line) && told.len() < 4 {
            told.push(line);
        }
    }
    told.join(", ")
}

#[cfg(test)]
mod tests {
    use super::Scope;
    use crate::evidence::model::Period;

    fn period(text: &str) -> Period {
        Period::parse(text).expect("a period")
    }

    #[test]
    fn words_name_parts() {
        let year = period("2026-04-01..2026-09-30");
        let count = |text: &str| Scope::parse(text).map(|scope| scope.parts(year).map_or(0, |parts| parts.len()));
        assert_eq!(count("CIP-005-7 R1.3"), Ok(1));
        assert!(count("cip-005").expect("known") > 3);
        assert!(count("CIP-005-7 R1; CIP-007").expect("known") > 10);
        assert!(count("").expect("all") > 150);
        assert!(count("iec-62443-3-3").expect("known") > 90);
        assert!(Scope::parse("CIP-005-6").unwrap_err().contains("neither"));
        assert!(Scope::parse("CIP-005-7 R1.3; R9").unwrap_err().starts_with("R9:"));
    }

    #[test]
    fn a_version_answers_for_its_days() {
        let across = period("2025-10-01..2026-09-30");
        let parts = Scope::parse("CIP-003").expect("known").parts(across).expect("in force");
        let span = |standard: &str| {
            let found = parts.iter().find(|part| part.standard.id == standard).expect("answered");
            found.span.to_string()
        };
        assert_eq!(span("CIP-003-8"), "2025-10-01 to 2026-03-31");
        assert_eq!(span("CIP-003-9"), "2026-04-01 to 2026-09-30");
    }

    #[test]
    fn a_scope_that_matches_nothing_is_refused() {
        let scope = Scope::parse("CIP-015").expect("known");
        let said = scope.parts(period("2025-10-01..2026-09-30")).unwrap_err();
        assert!(said.contains("CIP-015-1 is in force from 2028-10-01"), "{said}");
    }
}
