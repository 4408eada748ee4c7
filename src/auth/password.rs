//! Passwords: argon2id, long, and not about the person or the house.
//!
//! Invariant: an unknown login costs the same work as a wrong password. Source: NIST SP 800-63B §5.1.1, ASVS 6.2.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

const LEAST: usize = 15;
const MOST: usize = 128;
/// KiB of memory, passes, lanes: the recommended model of the security design (64 MiB, 3, 1).
const COST: (u32, u32, u32) = (65_536, 3, 1);

/// Long passwords everybody thinks of.
const COMMON: [&str; 14] = [
    "passwordpassword",
    "password123456789",
    "123456789012345",
    "1234567890123456",
    "qwertyuiopasdfgh",
    "qwertyuiopasdfghjkl",
    "correcthorsebatterystaple",
    "letmeinletmeinletmein",
    "iloveyouiloveyou",
    "administrator123",
    "changemechangeme",
    "welcomewelcome1",
    "summer2026summer2026",
    "thisisapassword",
];

/// Whether a password may be chosen; `context` are words that must not be in it (login, names, the product).
pub fn check_new(password: &str, context: &[&str]) -> Result<(), String> {
    let count = password.chars().count();
    if !(LEAST..=MOST).contains(&count) {
        return Err(format!("{LEAST} to {MOST} characters; a sentence is easy to remember"));
    }
    if password.contains('\0') {
        return Err("holds a NUL".to_owned());
    }
    let folded = password.to_lowercase();
    let plain: String = folded.chars().filter(char::is_ascii_alphanumeric).collect();
    let named = context
        .iter()
        .flat_map(|text| text.split_whitespace())
        .find(|word| word.chars().count() >= 4 && folded.contains(&word.to_lowercase()));
    if let Some(word) = named {
        return Err(format!("holds “{word}”; leave out names"));
    }
    let distinct = folded.chars().collect::<std::collections::BTreeSet<_>>().len();
    if COMMON.contains(&plain.as_str()) || distinct < 5 || is_run(&plain) {
        return Err("too easy to guess; choose a sentence of your own".to_owned());
    }
    Ok(())
}

/// A run of neighbors such as `abcdefghijklmno`.
fn is_run(plain: &str) -> bool {
    let steps: Vec<i32> = plain.as_bytes().windows(2).map(|two| i32::from(two[1]) - i32::from(two[0])).collect();
    steps.len() > 8
        && steps.iter().filter(|step| **step == 1 || **step == -1 || **step == 0).count() * 10 > steps.len() * 8
}

fn argon() -> Result<Argon2<'static>, String> {
    let params = Params::new(COST.0, COST.1, COST.2, None).map_err(|error| error.to_string())?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The PHC string of a password. Takes about 100 ms of a core.
pub fn hash(password: &str) -> Result<String, String> {
    let salt: [u8; 16] = rand::random();
    let hash: PasswordHash =
        argon()?.hash_password_with_salt(password.as_bytes(), &salt).map_err(|error| error.to_string())?;
    Ok(hash.to_string())
}

/// True when the password gives the hash. Without a hash, does the same work and says no.
#[must_use]
pub fn verify(phc: Option<&str>, password: &str) -> bool {
    let parsed = phc.and_then(|phc| PasswordHash::new(phc).ok());
    if let (Ok(argon), Some(hash)) = (argon(), parsed) {
        argon.verify_password(password.as_bytes(), &hash).is_ok()
    } else {
        let _ = hash(password);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::{check_new, hash, verify};

    #[test]
    fn choosing() {
        assert!(check_new("the river runs past gate 7", &["mokafor"]).is_ok());
        assert!(check_new("only fourteen!", &[]).is_err());
        assert!(check_new("exactly fifteen", &[]).is_ok());
        for bad in ["aaaaaaaaaaaaaaaa", "PasswordPassword", "abcdefghijklmnopq", "12345678901234567"] {
            assert!(check_new(bad, &[]).is_err(), "{bad}");
        }
        assert!(check_new("mokafor likes relays", &["mokafor"]).is_err());
    }

    #[test]
    fn verifying() {
        let phc = hash("  ünïcode and spaces  ").unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"));
        assert!(verify(Some(&phc), "  ünïcode and spaces  "));
        assert!(!verify(Some(&phc), "ünïcode and spaces"));
        assert!(!verify(None, "anything at all"));
    }
}
