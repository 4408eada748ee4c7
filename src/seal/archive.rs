//! The container: a ZIP whose bytes follow from its entries alone.
//!
//! Invariant: entries sorted by name, stored, with fixed times and no extra fields; what was read can be written again
//! to the same bytes, so a single changed byte anywhere in the container shows.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// Files by name.
pub type Entries = BTreeMap<String, Vec<u8>>;

/// Most entries and bytes a container is read with.
const MOST_ENTRIES: usize = 200_000;
const MOST_BYTES: usize = 1 << 30;

/// Writes the container.
pub fn write(entries: &Entries) -> Result<Vec<u8>, String> {
    let said = |error: zip::result::ZipError| error.to_string();
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (name, bytes) in entries {
        out.start_file(name.as_str(), options.large_file(bytes.len() >= 0xFFFF_FFFF)).map_err(said)?;
        out.write_all(bytes).map_err(|error| error.to_string())?;
    }
    Ok(out.finish().map_err(said)?.into_inner())
}

/// Reads a container written by [`write`]; anything else is refused.
pub fn read(bytes: &[u8]) -> Result<Entries, String> {
    if bytes.len() > MOST_BYTES {
        return Err("larger than 1 GiB".to_owned());
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| format!("not a ZIP: {error}"))?;
    if archive.len() > MOST_ENTRIES {
        return Err(format!("{} entries; at most {MOST_ENTRIES}", archive.len()));
    }
    let mut entries = Entries::new();
    for n in 0..archive.len() {
        let file = archive.by_index_raw(n).map_err(|error| format!("entry {n}: {error}"))?;
        let name = file.name().map_err(|error| format!("entry {n}: {error}"))?.into_owned();
        if file.compression() != CompressionMethod::Stored || file.enclosed_name().is_none() {
            return Err(format!("entry {name} is not stored plainly"));
        }
        let size = file.size();
        let mut content = Vec::new();
        file.take(size.min(MOST_BYTES as u64)).read_to_end(&mut content).map_err(|error| format!("{name}: {error}"))?;
        entries.insert(name, content);
    }
    if write(&entries)? == bytes {
        Ok(entries)
    } else {
        Err("the container's bytes are not the ones its entries give".to_owned())
    }
}
