//! How a package says where a part stands (package rule 3).
//!
//! Invariant: pure; never "compliant": no failing record was found, or these fail, or it is open and why.

use crate::checks::Status;
use crate::posture::rules::Standing;
use crate::vocabulary::Date;

/// The verdict of a part in words.
#[must_use]
pub fn verdict(standing: &Standing) -> String {
    let because = standing.because.as_str();
    match standing.status {
        Status::NotApplicable => format!("not applicable: {because}"),
        Status::Failing if standing.mandatory.fail == 0 => format!("failing: {because}"),
        Status::Failing => several(standing.mandatory.fail, "failing record"),
        Status::Indeterminate => format!("indeterminate: {because}"),
        Status::Justified => format!("no failing record found that no exception justifies: {because}"),
        Status::DueSoon => format!("no failing record found; {because}"),
        Status::NoFailingRecord => "no failing record found".to_owned(),
    }
}

/// A number of things.
#[must_use]
pub fn several(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// A flag as auditors read it: what is not recorded says so.
#[must_use]
pub fn flag(flag: Option<bool>) -> String {
    match flag {
        Some(true) => "Yes",
        Some(false) => "No",
        None => NOT_RECORDED,
    }
    .to_owned()
}

/// What stands where the record says nothing.
pub const NOT_RECORDED: &str = "not recorded";

/// A day; empty where there is none.
#[must_use]
pub fn day(date: Option<Date>) -> String {
    date.map_or_else(String::new, |on| on.to_string())
}

#[cfg(test)]
mod tests {
    use super::verdict;
    use crate::checks::Status;
    use crate::frameworks::catalogs;
    use crate::posture::rules::{Counts, Standing};

    #[test]
    fn verdicts_never_say_compliant() {
        let part = catalogs().requirement("CIP-007-6 R1.1").expect("a part");
        for status in Status::ALL {
            for fail in [0, 1, 3] {
                let standing = Standing {
                    part,
                    status: *status,
                    applicable: 1,
                    undecided: 0,
                    mandatory: Counts { fail, ..Counts::default() },
                    advisory: Counts::default(),
                    needs_person: false,
                    because: "it is so".to_owned(),
                };
                let told = verdict(&standing);
                assert!(!told.to_lowercase().contains("complian") && !told.is_empty(), "{told}");
                assert_eq!(*status == Status::Failing && fail == 3, told == "3 failing records");
            }
        }
    }
}
