//! The ZIP of a workbook, inspected before any reader of workbooks sees it.
//!
//! Invariant: what passes inflates to at most [`INFLATED`] bytes of plain XML parts, counted while inflating, because
//! what the directory declares may be a lie; no part has a hidden twin, leaves the archive or is encrypted.

use std::io::{Cursor, Read};

use zip::{CompressionMethod, ZipArchive};

use super::{Refusal, xml_scan::Scan};

const PARTS: usize = 2_000;
const INFLATED: u64 = 256 << 20;
const RATIO: u64 = 200;
/// Below this size a part may shrink as it likes: a thousand blank cells do.
const RATIO_FREE: u64 = 1 << 20;
const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

pub(super) fn inspect(bytes: &[u8]) -> Result<(), Refusal> {
    let too_many = || Refusal::of_file(format!("the workbook holds more than {PARTS} parts"));
    // Counted in the bytes, so that a directory of a million entries is never built.
    if bytes.windows(4).filter(|four| *four == DIRECTORY_ENTRY).nth(PARTS).is_some() {
        return Err(too_many());
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > PARTS {
        return Err(too_many());
    }
    if archive.has_duplicate_names() || archive.has_overlapping_entries().map_err(damaged)? {
        return Err(Refusal::of_file("two parts of the workbook stand in one place"));
    }
    let mut declared = 0u64;
    for index in 0..archive.len() {
        declared = declared.saturating_add(declared_size(&mut archive, index)?);
        if declared > INFLATED {
            return Err(bomb());
        }
    }
    let mut left = INFLATED;
    (0..archive.len()).try_for_each(|index| inflate(&mut archive, index, &mut left))
}

/// What the directory says about a part, held against the rules; its declared size.
fn declared_size(archive: &mut Archive<'_>, index: usize) -> Result<u64, Refusal> {
    let part = archive.by_index_raw(index).map_err(damaged)?;
    let name = part.name().map_err(damaged)?.into_owned();
    let refuse = |problem: &str| Err(Refusal::of_file(problem).holding(&name));
    if leaves(&name) || part.is_symlink() {
        return refuse("a part of the workbook has a name that leads outside of it");
    }
    if part.encrypted() {
        return refuse("a part of the workbook is encrypted: save it without a password");
    }
    if !matches!(part.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
        return refuse("a part of the workbook is compressed in a way that is not read");
    }
    if name.to_lowercase().ends_with("vbaproject.bin") {
        return refuse("the workbook holds macros: save it as .xlsx");
    }
    if swells(part.size(), part.compressed_size()) {
        return Err(bomb());
    }
    Ok(part.size())
}

fn leaves(name: &str) -> bool {
    let absolute = name.starts_with(['/', '\\']) || name.contains([':', '\0']);
    absolute || name.split(['/', '\\']).any(|step| step == "..")
}

fn swells(inflated: u64, compressed: u64) -> bool {
    inflated > RATIO_FREE && inflated / compressed.max(1) > RATIO
}

/// Inflates a part to nowhere, counting.
fn inflate(archive: &mut Archive<'_>, index: usize, left: &mut u64) -> Result<(), Refusal> {
    let mut part = archive.by_index(index).map_err(damaged)?;
    let name = part.name().map_err(damaged)?.into_owned();
    let (declared, compressed) = (part.size(), part.compressed_size());
    let mut scan = Scan::of(&name);
    let mut buffer = vec![0; 64 << 10];
    let mut inflated = 0u64;
    loop {
        let length = part.read(&mut buffer).map_err(|error| damaged(error).holding(&name))?;
        if length == 0 {
            break;
        }
        let length_u64 = u64::try_from(length).unwrap_or(u64::MAX);
        inflated = inflated.saturating_add(length_u64);
        *left = left.checked_sub(length_u64).ok_or_else(bomb)?;
        if swells(inflated, compressed) {
            return Err(bomb());
        }
        if inflated > declared {
            return Err(Refusal::of_file("a part of the workbook is larger than its directory says").holding(&name));
        }
        scan.take(&buffer[..length])?;
    }
    scan.finish()
}

fn bomb() -> Refusal {
    Refusal::of_file(format!("the workbook inflates to more than {INFLATED} bytes or {RATIO} times its size"))
}

fn damaged(error: impl std::fmt::Display) -> Refusal {
    Refusal::of_file(format!("the workbook is a damaged ZIP file: {error}"))
}
