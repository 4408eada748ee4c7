//! Ends of a permitted flow, and the ports it may use.
//!
//! Invariant: an end is named. `any` is refused, because a reason for it could not be checked (CIP-005-7 R1.3); a whole zone
//! is said in so many words.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::Subnet;

/// Where a permitted flow may begin or end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Endpoint {
    /// Every address of the conduit's zone on this side.
    Zone,
    /// A network, or one address.
    Net(Subnet),
    /// A card, for protocols without addresses such as GOOSE; in its low 48 bits.
    Card(u64),
}

impl Endpoint {
    /// Reads an address, a subnet, a MAC address, or the word `zone`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let lower = text.to_lowercase();
        if lower == "zone" {
            return Ok(Endpoint::Zone);
        }
        if matches!(lower.as_str(), "any" | "all" | "*" | "0.0.0.0/0" | "::/0") {
            let right = "names no end; name assets, addresses or subnets, or write zone for every address of the zone";
            return Err(format!("{text} {right}"));
        }
        if let Some(card) = super::end::mac(lower.as_bytes()) {
            return Ok(Endpoint::Card(card));
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Endpoint::Net(Subnet::of(address)));
        }
        match Subnet::parse(text) {
            Ok(subnet) => Ok(Endpoint::Net(subnet)),
            Err(problem) if problem.starts_with("has host bits") => Err(format!("{text} {problem}")),
            Err(_) => Err(format!("{text}: not an address, a subnet, a MAC address or the word zone")),
        }
    }
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Endpoint::Zone => f.write_str("zone"),
            Endpoint::Net(subnet) if subnet.is_one() => write!(f, "{}", subnet.span().0),
            Endpoint::Net(subnet) => write!(f, "{subnet}"),
            Endpoint::Card(card) => f.write_str(&super::end::mac_text(*card)),
        }
    }
}

/// A port, or ports from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ports {
    pub from: u16,
    pub until: u16,
}

impl Ports {
    /// Reads `502` or `5000-5010`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if matches!(text.to_lowercase().as_str(), "any" | "all" | "*") {
            return Err(format!("{text} names no port; write 502, or 5000-5010"));
        }
        let (from, until) = text.split_once('-').unwrap_or((text, text));
        let port =
            |text: &str| text.trim().parse::<u16>().map_err(|_| format!("{text}: not a port; write 502, or 5000-5010"));
        let (from, until) = (port(from)?, port(until)?);
        if from > until { Err(format!("{text}: the first port is above the last")) } else { Ok(Self { from, until }) }
    }

    #[must_use]
    pub fn contains(&self, port: u16) -> bool {
        (self.from..=self.until).contains(&port)
    }
}

impl std::fmt::Display for Ports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.from == self.until { write!(f, "{}", self.from) } else { write!(f, "{}-{}", self.from, self.until) }
    }
}

macro_rules! as_text {
    ($type:ty) => {
        impl TryFrom<String> for $type {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                Self::parse(&text)
            }
        }
        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.to_string()
            }
        }
    };
}
as_text!(Endpoint);
as_text!(Ports);

#[cfg(test)]
mod tests {
    use super::{Endpoint, Ports};

    #[test]
    fn ends_return_as_they_were_written() {
        for text in ["zone", "10.7.1.11", "10.7.1.0/24", "fd00:7::/64", "fd00:7::11", "00:30:a7:1b:2c:3d"] {
            assert_eq!(Endpoint::parse(text).map(|end| end.to_string()), Ok(text.to_owned()));
        }
        assert!(Endpoint::parse("any").is_err_and(|said| said.contains("write zone")));
        assert!(Endpoint::parse("10.7.1.4/24").is_err_and(|said| said.contains("10.7.1.0/24")));
        for bad in ["", "0.0.0.0/0", "10.7.1", "relay", "00:30:a7:1b:2c"] {
            assert!(Endpoint::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn ports() {
        assert_eq!(Ports::parse("502"), Ok(Ports { from: 502, until: 502 }));
        assert!(Ports::parse("5000-5010").is_ok_and(|ports| ports.contains(5010) && !ports.contains(5011)));
        for bad in ["", "any", "70000", "9-1", "-1", "1-"] {
            assert!(Ports::parse(bad).is_err(), "{bad}");
        }
    }
}
