//! Bytes of files, kept beside the database: in a directory, or in an S3-compatible store.
//!
//! Invariant: bytes stand under the SHA-256 of what they are, once per organization, and are there whole and synced
//! before anybody is told; nothing here is ever overwritten by other bytes.

mod failing;
mod reading;
mod receiving;
mod sweeping;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Address;
use object_store::{ObjectStore, ObjectStoreExt};

use super::{Failure, Result};
use crate::ids::OrganizationId;

pub use reading::{Reading, State};
pub use receiving::{Incoming, MOST_BYTES, Stored};
pub use sweeping::sweep;

/// The folder in which bytes wait until all of them are here.
const WAITING: &str = "waiting";

/// Where bytes are kept. A directory is used as it is; a far store has a directory in which uploads gather first,
/// because its own server-side copy ends at 5 GB.
#[derive(Clone, Debug)]
pub struct Blobs {
    folder: PathBuf,
    far: Option<Far>,
}

#[derive(Clone, Debug)]
struct Far {
    store: Arc<dyn ObjectStore>,
    prefix: String,
}

impl Blobs {
    /// Bytes in a directory, made when the first ones come.
    #[must_use]
    pub fn directory(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), far: None }
    }

    /// Bytes where the setting says: nothing for `artifacts/` in the data directory, `file:///…`, or `s3://bucket/prefix`
    /// with region, endpoint and credentials from the usual `AWS_` variables.
    pub fn at(url: Option<&str>, data: &Path) -> std::result::Result<Self, String> {
        let own = data.join("artifacts");
        let Some(url) = url.filter(|url| !url.is_empty()) else { return Ok(Self::directory(&own)) };
        if let Some(path) = url.strip_prefix("file://").filter(|path| path.starts_with('/')) {
            return Ok(Self::directory(Path::new(path)));
        }
        let Some(rest) = url.strip_prefix("s3://") else {
            return Err(format!("{url} is neither file:///a/folder nor s3://bucket/prefix"));
        };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            return Err(format!("{url} names no bucket; write s3://bucket/prefix"));
        }
        let store = AmazonS3Builder::from_env().with_bucket_name(bucket).build().map_err(|error| error.to_string())?;
        let prefix = prefix.trim_end_matches('/').to_owned();
        Ok(Self { folder: own, far: Some(Far { store: Arc::new(store), prefix }) })
    }

    /// True when another node sees the same bytes.
    #[must_use]
    pub fn is_far(&self) -> bool {
        self.far.is_some()
    }

    /// The folder of this host in which bytes lie or gather.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn near(&self) -> Result<LocalFileSystem> {
        use std::os::unix::fs::DirBuilderExt;
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        Ok(LocalFileSystem::new_with_prefix(&self.folder).map_err(failing::near)?.with_fsync(true))
    }

    /// Where these bytes belong.
    fn address(&self, organization: OrganizationId, sha256: &str) -> Result<Address> {
        let fits =
            sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if !fits {
            return Err(Failure::Damaged(format!("{sha256} is not a SHA-256")));
        }
        let prefix = self.far.as_ref().map_or("", |far| far.prefix.as_str());
        Ok(Address::from(format!("{prefix}/{organization}/{}/{sha256}", &sha256[..2])))
    }

    /// Number of bytes that stand at an address; none when nothing does.
    async fn size_at(&self, address: &Address) -> Result<Option<u64>> {
        let found = match &self.far {
            Some(far) => far.store.head(address).await,
            None => self.near()?.head(address).await,
        };
        match found {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed(error)),
        }
    }

    fn failed(&self, error: object_store::Error) -> Failure {
        if self.is_far() { failing::far(error) } else { failing::near(error) }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Blobs;

    #[test]
    fn settings() {
        let data = Path::new("/data");
        assert_eq!(Blobs::at(None, data).unwrap().folder(), Path::new("/data/artifacts"));
        assert_eq!(Blobs::at(Some("file:///srv/files"), data).unwrap().folder(), Path::new("/srv/files"));
        for bad in ["file://relative", "s3://", "ftp://x/y", "/srv/files"] {
            assert!(Blobs::at(Some(bad), data).is_err(), "{bad}");
        }
    }
}
