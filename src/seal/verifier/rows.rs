//! The ties of tables and documents: every (`record_id`, `record_version`) they carry is among the proved records.
//!
//! Invariant: in the tabs of the evidence request every row is tied; elsewhere a row or object that names a record is.
//! Files the entity brought (evidence, samples) are its own and are not read for ties. Of a workbook the CSV twin is tied.

use std::collections::BTreeSet;
use std::io::{Read, Seek};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::Report;
use super::container::Package;

/// How a file's ties are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Table,
    Document,
}

/// Ties every row of every file.
pub fn tie<R: Read + Seek>(package: &Package<R>, known: &BTreeSet<String>, report: &mut Report) {
    for path in package.files.keys() {
        let Some(form) = form(path) else { continue };
        let Some(part) = report.noted(path, package.part(path)) else { continue };
        let mut ties = Ties { path, known, report: &mut *report };
        let read = match form {
            Form::Table => ties.table(part),
            Form::Document => ties.document(part),
        };
        report.noted(path, read);
    }
}

/// None for what carries no ties: history itself, and what the entity brought. Glance's own files there begin with `_`.
fn form(path: &str) -> Option<Form> {
    let inside = path.strip_prefix("data/")?;
    let name = inside.rsplit('/').next()?;
    let brought = ["03_evidence/", "04_samples/"].iter().any(|folder| inside.starts_with(folder));
    if inside.starts_with("07_history/") || (brought && !name.starts_with('_')) {
        return None;
    }
    match name.rsplit('.').next()? {
        "csv" => Some(Form::Table),
        "json" => Some(Form::Document),
        _ => None,
    }
}

struct Ties<'t> {
    path: &'t str,
    known: &'t BTreeSet<String>,
    report: &'t mut Report,
}

impl Ties<'_> {
    /// Judges one row or object; `place` says which.
    fn judge(&mut self, id: &str, version: &str, place: &dyn Fn() -> String) {
        if id.is_empty() && version.is_empty() && !self.is_tab() {
            self.report.untied += 1;
            return;
        }
        self.report.rows += 1;
        if !self.known.contains(&format!("{id} {version}")) {
            self.report.problem(format!("{} {}: its record is not disclosed and proved", self.path, place()));
        }
    }

    fn is_tab(&self) -> bool {
        self.path.starts_with("data/01_ert/")
    }

    fn table(&mut self, part: impl Read) -> Result<(), String> {
        let unread = |error: csv::Error| format!("is not a readable table: {error}");
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(part);
        let header = reader.headers().map_err(unread)?;
        let at = |name: &str| {
            let mut found = header.iter().enumerate().filter(|(_, known)| *known == name).map(|(n, _)| n);
            (found.next(), found.next().is_some())
        };
        let (id, version) = match (at("record_id"), at("record_version")) {
            ((Some(id), false), (Some(version), false)) => (id, version),
            ((None, _), (None, _)) if !self.is_tab() => return Ok(()),
            _ => return Err("has not one record_id and one record_version".to_owned()),
        };
        let mut row = csv::StringRecord::new();
        while reader.read_record(&mut row).map_err(unread)? {
            let line = row.position().map_or(0, csv::Position::line);
            let (id, version) = (row.get(id).unwrap_or_default(), row.get(version).unwrap_or_default());
            self.judge(id, version, &|| format!("line {line}"));
        }
        Ok(())
    }

    fn document(&mut self, part: impl Read) -> Result<(), String> {
        let mut input = serde_json::Deserializer::from_reader(part);
        let unread = |error: serde_json::Error| format!("is not a readable document: {error}");
        Walk { ties: self, wanted: false }.deserialize(&mut input).map_err(unread)?;
        input.end().map_err(unread)
    }
}

/// Walks a JSON document without keeping it; gives a wanted scalar as text.
struct Walk<'w, 't> {
    ties: &'w mut Ties<'t>,
    wanted: bool,
}

impl<'de> DeserializeSeed<'de> for Walk<'_, '_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_, '_> {
    type Value = Option<String>;

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(self.wanted.then(|| text.to_owned()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(self.wanted.then(|| number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(self.wanted.then(|| number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(self.wanted.then(|| number.to_string()))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(self.wanted.then(|| flag.to_string()))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element_seed(Walk { ties: &mut *self.ties, wanted: false })?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let (mut id, mut version) = (None, None);
        while let Some(name) = members.next_key::<String>()? {
            let mut value = |wanted| members.next_value_seed(Walk { ties: &mut *self.ties, wanted });
            match name.as_str() {
                "record_id" => id = Some(value(true)?.unwrap_or_default()),
                "record_version" => version = Some(value(true)?.unwrap_or_default()),
                _ => drop(value(false)?),
            }
        }
        if id.is_some() || version.is_some() {
            let (id, version) = (id.unwrap_or_default(), version.unwrap_or_default());
            self.ties.judge(&id, &version, &|| format!("record {id} version {version}"));
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::{Report, Ties, form};
    use std::collections::BTreeSet;

    fn tied(path: &str, text: &str) -> (Result<(), String>, usize, usize, usize) {
        let known: BTreeSet<String> = ["a 1".to_owned(), "b 2".to_owned()].into();
        let mut report = Report::default();
        let mut ties = Ties { path, known: &known, report: &mut report };
        let read = if path.ends_with("csv") { ties.table(text.as_bytes()) } else { ties.document(text.as_bytes()) };
        (read, report.rows, report.untied, report.problems.len())
    }

    #[test]
    fn rows_of_tables() {
        let tab = "data/01_ert/tabs/CA.csv";
        assert_eq!(tied(tab, "x,record_id,record_version\r\n1,a,1\r\n\"2\r\n\",b,2\r\n"), (Ok(()), 2, 0, 0));
        assert_eq!(tied(tab, "x,record_id,record_version\r\n1,a,2\r\n2,,\r\n3\r\n"), (Ok(()), 3, 0, 3));
        assert!(tied(tab, "x,record_id\r\n1,a\r\n").0.is_err());
        assert!(tied(tab, "record_id,record_id,record_version\r\n").0.is_err());
        let other = "data/05_findings/findings.csv";
        assert_eq!(tied(other, "x\r\n1\r\n"), (Ok(()), 0, 0, 0));
        assert_eq!(tied(other, "record_id,record_version\r\n,\r\na,1\r\na,\r\n"), (Ok(()), 2, 1, 1));
    }

    #[test]
    fn objects_of_documents() {
        let path = "data/05_findings/findings.json";
        let text =
            r#"{"rows":[{"record_id":"a","record_version":"1","x":{"record_version":2,"record_id":"b"}},{"y":1.5}]}"#;
        assert_eq!(tied(path, text), (Ok(()), 2, 0, 0));
        assert_eq!(tied(path, r#"[{"record_id":"a"},{"record_id":null,"record_version":null}]"#), (Ok(()), 1, 1, 1));
        assert!(tied(path, "{} {}").0.is_err());
    }

    #[test]
    fn what_the_entity_brought_is_its_own() {
        let forms = [
            ("data/01_ert/tabs/CA.csv", true),
            ("data/03_evidence/CIP-005-7/R1/1.1/_part.json", true),
            ("data/03_evidence/CIP-005-7/R1/1.1/ERT_01_Rules.csv", false),
            ("data/07_history/consistency.json", false),
            ("data/manifest.json", true),
            ("data/00_README.pdf", false),
        ];
        forms.iter().for_each(|(path, read)| assert_eq!(form(path).is_some(), *read, "{path}"));
    }
}
