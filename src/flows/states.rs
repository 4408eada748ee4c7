//! How connections ended, as Zeek tells it (`conn_state`).
//!
//! Invariant: pure; one bit a state, in the order written here, because bits are stored.

use super::model::Initiator;

/// States of a connection as Zeek writes them (`conn_state`), in the order of their bits.
pub const STATES: [&str; 13] =
    ["S0", "S1", "SF", "REJ", "S2", "S3", "RSTO", "RSTR", "RSTOS0", "RSTRH", "SH", "SHR", "OTH"];
/// The handshake was completed.
pub const ANSWERED: u16 = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7;
pub const REFUSED: u16 = 1 << 3;
/// The sensor saw the beginning, so it knows who began.
const BEGAN: u16 = ANSWERED | REFUSED | 1 | 1 << 8;

/// The states of these bits, separated by `;`.
#[must_use]
pub fn states_text(bits: i64) -> String {
    let set = STATES.iter().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1).map(|(_, state)| *state);
    set.collect::<Vec<_>>().join(";")
}

/// Who began, by the states that were seen.
#[must_use]
pub fn initiator(bits: i64) -> Initiator {
    if bits & i64::from(BEGAN) != 0 { Initiator::Source } else { Initiator::Unknown }
}

/// The bit of a state; none when Zeek has no such state.
#[inline]
#[must_use]
pub fn state(text: &[u8]) -> Option<u16> {
    Some(match text {
        b"" => 0,
        b"SF" => 1 << 2,
        b"S0" => 1,
        b"S1" => 1 << 1,
        other => 1 << STATES.iter().position(|known| known.as_bytes() == other)?,
    })
}

#[cfg(test)]
mod tests {
    use super::{STATES, state};

    #[test]
    fn states() {
        for (bit, text) in STATES.iter().enumerate() {
            assert_eq!(state(text.as_bytes()), Some(1 << bit));
        }
        assert_eq!((state(b""), state(b"XX")), (Some(0), None));
    }
}
