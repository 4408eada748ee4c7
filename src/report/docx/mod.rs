//! A report as `WordprocessingML` (ECMA-376, transitional), so that people can go on writing in it.
//!
//! Invariant: the parts are the smallest that Word and `LibreOffice` open without repair, written in a fixed order with
//! fixed times; every text is escaped in one place, and what XML cannot hold is replaced visibly.

mod body;
mod parts;
mod xml;

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::Unprintable;
use super::model::Report;

/// Writes a report.
pub fn write(report: &Report) -> Result<Vec<u8>, Unprintable> {
    let files = [
        ("[Content_Types].xml", parts::CONTENT_TYPES.to_owned()),
        ("_rels/.rels", parts::RELATIONS.to_owned()),
        ("docProps/app.xml", parts::APP.to_owned()),
        ("docProps/core.xml", parts::core(report)),
        ("word/_rels/document.xml.rels", parts::DOCUMENT_RELATIONS.to_owned()),
        ("word/document.xml", body::document(report)),
        ("word/footer1.xml", parts::footer(report)),
        ("word/header1.xml", parts::header(report)),
        ("word/numbering.xml", parts::NUMBERING.to_owned()),
        ("word/settings.xml", parts::SETTINGS.to_owned()),
        ("word/styles.xml", parts::styles()),
    ];
    let said = |error: zip::result::ZipError| Unprintable(error.to_string());
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (name, text) in files {
        out.start_file(name, options).map_err(said)?;
        out.write_all(text.as_bytes()).map_err(|error| Unprintable(error.to_string()))?;
    }
    Ok(out.finish().map_err(said)?.into_inner())
}
