//! Which checks judge a rule of the catalog of boundary rules.
//!
//! Invariant: a check keeps its code for ever, so where a rule of the catalog was judged before under another code, or needs
//! more than one check, that is said here; every other rule is judged by the checks that have its code.

use super::exceptions::SOUND;
use super::judging::RULES;

/// Rules of the catalog that checks with other codes judge, wholly or beside those of their own.
const OTHERWISE: [(&str, &[&str]); 6] = [
    ("GL-INV-01", &["GL-OBS-01", "GL-OBS-01-M"]),
    ("GL-INV-02", &["GL-INV-07"]),
    ("GL-INV-03", &["GL-INV-08"]),
    ("GL-MON-03", &["GL-OBS-03"]),
    ("GL-ZON-01", &["GL-INV-05", "GL-ZON-01-M"]),
    ("GL-DAT-02", &["GL-DAT-02", "GL-DAT-03", "GL-DAT-04", "GL-DAT-05"]),
];

/// Codes of the checks that judge a rule; none for one that is not judged.
#[must_use]
pub fn judging(rule: &str) -> Vec<&'static str> {
    if let Some((_, codes)) = OTHERWISE.iter().find(|(id, _)| *id == rule) {
        return codes.to_vec();
    }
    let codes = RULES.iter().map(|known| known.check.code).chain([SOUND.code]);
    codes.filter(|code| *code == rule || code.strip_suffix("-M") == Some(rule)).collect()
}

#[cfg(test)]
mod tests {
    use super::{OTHERWISE, judging};
    use crate::checks::judging::RULES;
    use crate::frameworks::catalogs;

    #[test]
    fn every_rule_of_the_boundary_is_judged() {
        let later = ["GL-RA-", "GL-DAT-01", "GL-PKG-01"];
        let open: Vec<&str> = catalogs()
            .boundary_rules
            .iter()
            .map(|rule| rule.id.as_str())
            .filter(|id| judging(id).is_empty() && !later.iter().any(|known| id.starts_with(known)))
            .collect();
        assert!(open.is_empty(), "{open:?}");
        let known = |code: &str| RULES.iter().any(|rule| rule.check.code == code);
        assert!(OTHERWISE.iter().all(|(_, codes)| codes.iter().all(|code| known(code))));
    }
}
