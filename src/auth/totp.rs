//! The second factor: time-based one-time codes (RFC 6238: SHA-1, six digits, 30 seconds).
//!
//! Invariant: a code is good once, in its own step or the one before; the seed is kept sealed.

use totp_rs::{Builder, Totp};

use crate::vocabulary::Moment;

/// Seconds of a step.
const STEP: i64 = 30;

/// A new seed of 160 bits.
#[must_use]
pub fn new_seed() -> [u8; 20] {
    rand::random()
}

fn totp(seed: &[u8]) -> Totp {
    Builder::new().with_secret(seed.to_vec()).with_skew(0).with_step_duration(STEP.unsigned_abs()).build_noncompliant()
}

/// The code of a moment.
#[must_use]
pub fn code(seed: &[u8], at: Moment) -> String {
    totp(seed).generate(u64::try_from(at.seconds()).unwrap_or(0)).to_string()
}

/// The step of a good code, later than `last_step`; none for a wrong or used one.
#[must_use]
pub fn check(seed: &[u8], given: &str, at: Moment, last_step: i64) -> Option<i64> {
    let given: String = given.chars().filter(|c| !c.is_whitespace()).collect();
    [0, -STEP].into_iter().find_map(|back| {
        let moment = at.plus_seconds(back);
        let step = moment.seconds() / STEP;
        let good: bool = subtle::ConstantTimeEq::ct_eq(code(seed, moment).as_bytes(), given.as_bytes()).into();
        (good && step > last_step).then_some(step)
    })
}

/// The seed in base32, for typing into an authenticator.
#[must_use]
pub fn base32(seed: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    seed.chunks(5)
        .flat_map(|five| {
            let bits = five.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
            (0..8).rev().map(move |n| LETTERS[usize::try_from(bits >> (5 * n) & 31).unwrap_or(0)] as char)
        })
        .collect()
}

/// The address an authenticator app reads.
#[must_use]
pub fn address(seed: &[u8], login: &str) -> String {
    format!("otpauth://totp/Glance:{login}?secret={}&issuer=Glance", base32(seed))
}

/// The path of a QR code in modules of one unit, and its width with a margin of four.
#[must_use]
pub fn qr_path(address: &str) -> Option<(String, usize)> {
    use std::fmt::Write;
    let code = qrcode::QrCode::new(address.as_bytes()).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (n, color) in code.to_colors().into_iter().enumerate() {
        if color == qrcode::Color::Dark {
            let _ = write!(path, "M{} {}h1v1h-1z", n % width + 4, n / width + 4);
        }
    }
    Some((path, width + 8))
}

#[cfg(test)]
mod tests {
    use super::{base32, check, code, qr_path};
    use crate::vocabulary::Moment;

    #[test]
    fn rfc_6238_appendix_b() {
        let seed = b"12345678901234567890";
        for (seconds, expected) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(code(seed, Moment::from_micros(seconds * 1_000_000)), expected);
        }
        assert_eq!(base32(seed), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn once_and_in_time() {
        let (seed, at) = (b"12345678901234567890", Moment::from_micros(1_111_111_109_000_000));
        let step = check(seed, "081 804", at, 0).unwrap();
        assert_eq!(check(seed, "081804", at, step), None);
        assert!(check(seed, "081804", at.plus_seconds(30), 0).is_some());
        assert_eq!(check(seed, "081804", at.plus_seconds(61), 0), None);
        assert!(qr_path("otpauth://totp/Glance:x?secret=ABC").is_some());
    }
}
