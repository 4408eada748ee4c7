//! Checkpoints as C2SP signed notes (`tlog-checkpoint`): a log's name, size and root, signed with Ed25519.
//!
//! Invariant: strict both ways; one text for one checkpoint. Source: c2sp.org/signed-note, c2sp.org/tlog-checkpoint.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::storage::merkle::Hash;

/// A log at one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, also the name of the key in the signature line.
    pub origin: String,
    pub size: u64,
    pub root: Hash,
}

/// The first four bytes of SHA-256 over name, newline, algorithm 1 and the public key.
fn key_id(name: &str, key: &VerifyingKey) -> [u8; 4] {
    let digest = Sha256::new().chain_update(name).chain_update([0x0A, 0x01]).chain_update(key.as_bytes()).finalize();
    [digest[0], digest[1], digest[2], digest[3]]
}

impl Checkpoint {
    /// The note's text, which is what is signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }

    /// The signed note.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> String {
        let text = self.text();
        let mut line = key_id(&self.origin, &key.verifying_key()).to_vec();
        line.extend(key.sign(text.as_bytes()).to_bytes());
        format!("{text}\n\u{2014} {} {}\n", self.origin, STANDARD.encode(line))
    }

    /// Reads a note without judging its signature.
    pub fn parse(note: &str) -> Result<Self, String> {
        let (text, _) = note.split_once("\n\n").ok_or("not a signed note: no empty line")?;
        let lines: Vec<&str> = text.split('\n').collect();
        let [origin, size, root] = lines.as_slice() else {
            return Err("not a checkpoint: three lines belong before the signature".to_owned());
        };
        let number: u64 = size.parse().map_err(|_| "not a checkpoint: the second line is no size".to_owned())?;
        if number.to_string() != *size || origin.is_empty() {
            return Err("not a checkpoint: the size is not written plainly".to_owned());
        }
        let root = STANDARD.decode(root).ok().and_then(|bytes| Hash::try_from(bytes).ok());
        let root = root.ok_or("not a checkpoint: the third line is no SHA-256 in base64")?;
        Ok(Self { origin: (*origin).to_owned(), size: number, root })
    }

    /// Reads a note and verifies the signature of this key.
    pub fn verify(note: &str, key: &VerifyingKey) -> Result<Self, String> {
        let found = Self::parse(note)?;
        let (text, signatures) = note.split_once("\n\n").ok_or("not a signed note")?;
        let wanted = key_id(&found.origin, key);
        for line in signatures.lines() {
            let Some(rest) = line.strip_prefix("\u{2014} ") else {
                return Err("not a signed note: a line after the text is no signature".to_owned());
            };
            let Some((name, encoded)) = rest.split_once(' ') else { continue };
            let Ok(bytes) = STANDARD.decode(encoded) else { continue };
            let Some((id, signature)) = bytes.split_first_chunk::<4>() else { continue };
            let (Ok(signature), true) = (Signature::from_slice(signature), name == found.origin && *id == wanted)
            else {
                continue;
            };
            if key.verify_strict(format!("{text}\n").as_bytes(), &signature).is_ok() {
                return Ok(found);
            }
        }
        Err("the checkpoint is not signed by this key".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::Checkpoint;
    use ed25519_dalek::SigningKey;

    #[test]
    fn notes_return_and_lies_do_not() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let checkpoint = Checkpoint { origin: "glance/ab/cd".to_owned(), size: 42, root: [9; 32] };
        let note = checkpoint.sign(&key);
        assert_eq!(Checkpoint::verify(&note, &key.verifying_key()), Ok(checkpoint.clone()));
        let other = SigningKey::from_bytes(&[8; 32]);
        assert!(Checkpoint::verify(&note, &other.verifying_key()).is_err());
        for at in 0..note.len() {
            let mut bytes = note.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(bad) = String::from_utf8(bytes) else { continue };
            assert!(Checkpoint::verify(&bad, &key.verifying_key()).is_err(), "byte {at}");
        }
    }
}
