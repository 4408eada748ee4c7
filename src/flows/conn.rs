//! A connection as Zeek's `conn.log` tells it.
//!
//! Invariant: a moment is read digit by digit, never through a float.

use std::net::IpAddr;

use crate::vocabulary::Moment;

/// One connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conn {
    pub at: Moment,
    pub from: IpAddr,
    pub to: IpAddr,
    pub to_port: u16,
    pub proto: String,
    pub service: String,
    /// Bytes the responder sent; none when the log does not say.
    pub answered: Option<u64>,
    pub state: String,
    pub from_mac: String,
    pub to_mac: String,
}

impl Conn {
    /// True when the responder answered: it sent bytes, or the handshake was completed.
    #[must_use]
    pub fn reached(&self) -> bool {
        self.answered.is_some_and(|bytes| bytes > 0)
            || matches!(self.state.as_str(), "S1" | "SF" | "S2" | "S3" | "RSTO" | "RSTR")
    }
}

/// Seconds since 1970 with up to six decimals, such as `1445353842.722836`.
pub fn moment(text: &str) -> Result<Moment, String> {
    let wrong = || "not a moment; Zeek writes seconds since 1970, such as 1445353842.722836".to_owned();
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || whole.len() > 10 || !(part.is_empty() || digits(part)) {
        return Err(wrong());
    }
    let seconds: i64 = whole.parse().map_err(|_| wrong())?;
    let micros: i64 = format!("{part:0<6}")[..6].parse().map_err(|_| wrong())?;
    Ok(Moment::from_micros(seconds * 1_000_000 + micros))
}
