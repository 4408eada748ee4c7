//! Addresses and subnets as inventories write them.
//!
//! Invariant: a subnet has no host bits set; an address keeps the prefix it was given with.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// A network such as `10.7.1.0/24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Subnet(IpNet);

impl Subnet {
    pub fn parse(text: &str) -> Result<Self, String> {
        let net: IpNet = text.parse().map_err(|_| "not a subnet; write it as 10.7.1.0/24".to_owned())?;
        if net.trunc() == net {
            Ok(Self(net))
        } else {
            Err(format!("has host bits set; the subnet is {}", net.trunc()))
        }
    }

    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }

    /// The network of one address alone.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(IpNet::from(address))
    }

    /// True for a network of one address.
    #[must_use]
    pub fn is_one(&self) -> bool {
        self.0.prefix_len() == self.0.max_prefix_len()
    }

    /// The network itself.
    #[must_use]
    pub fn net(&self) -> IpNet {
        self.0
    }

    /// True when some address lies in both.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.0.contains(&other.0.network()) || other.0.contains(&self.0.network())
    }

    /// How many leading bits are fixed: the larger, the narrower.
    #[must_use]
    pub fn prefix(&self) -> u8 {
        self.0.prefix_len()
    }

    /// First and last address.
    #[must_use]
    pub fn span(&self) -> (IpAddr, IpAddr) {
        (self.0.network(), self.0.broadcast())
    }

    /// True for the network's own address and its broadcast address, which belong to no device: in IPv4 subnets that have
    /// them (RFC 3021 makes an exception of /31).
    #[must_use]
    pub fn is_edge(&self, address: IpAddr) -> bool {
        match self.0 {
            IpNet::V4(net) if net.prefix_len() < 31 => address == net.network() || address == net.broadcast(),
            IpNet::V4(_) | IpNet::V6(_) => false,
        }
    }
}

/// An interface address with its prefix, such as `10.7.1.11/24`; without one, a host (`/32`, `/128`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AddressPrefix(IpNet);

impl AddressPrefix {
    pub fn parse(text: &str) -> Result<Self, String> {
        text.parse::<IpNet>()
            .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
            .map(Self)
            .map_err(|_| "not an address; write it as 10.7.1.11/24".to_owned())
    }

    #[must_use]
    pub fn address(&self) -> IpAddr {
        self.0.addr()
    }
}

macro_rules! as_text {
    ($type:ty) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}", self.0)
            }
        }
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
as_text!(Subnet);
as_text!(AddressPrefix);

#[cfg(test)]
mod tests {
    use super::{AddressPrefix, Subnet};

    #[test]
    fn subnets_and_addresses() {
        assert!(Subnet::parse("10.7.1.0/24").is_ok_and(|net| net.contains([10, 7, 1, 9].into())));
        assert_eq!(Subnet::parse("10.7.1.4/24"), Err("has host bits set; the subnet is 10.7.1.0/24".to_owned()));
        assert!(Subnet::parse("10.7.1.0/33").is_err());
        assert_eq!(AddressPrefix::parse("10.7.1.4").map(|a| a.to_string()), Ok("10.7.1.4/32".to_owned()));
        assert!(AddressPrefix::parse("fd00:7::11/64").is_ok());
        assert!(AddressPrefix::parse("10.7.1").is_err());
    }
}
