//! One end of a conversation in sixteen bytes: an address, or where a protocol has none, a card.
//!
//! Invariant: IPv4 stands as mapped into IPv6 (RFC 4291 §2.5.5.2); a card stands in the discard-only block `100::/64` (RFC 6666),
//! which no host has, with its octets in the low 48 bits.

use std::net::{IpAddr, Ipv6Addr};

/// An end of a conversation.
pub type Packed = u128;

/// What stands before an IPv4 address in its packed form.
pub const MAPPED: Packed = 0xffff_0000_0000;
const CARDS: Packed = 0x0100 << 112;
const CARD_MASK: Packed = (1 << 48) - 1;
/// Bits before an IPv4 address in its packed form.
pub const MAPPED_BITS: u8 = 96;

/// The packed form of an address.
#[must_use]
pub fn packed(address: IpAddr) -> Packed {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().into(),
        IpAddr::V6(v6) => v6.into(),
    }
}

/// The packed form of a card's hardware address, given in its low 48 bits.
#[must_use]
pub fn packed_mac(card: u64) -> Packed {
    CARDS | (Packed::from(card) & CARD_MASK)
}

/// The card behind a packed form; none for an address.
#[must_use]
pub fn mac_of(end: Packed) -> Option<u64> {
    if end & !CARD_MASK == CARDS { u64::try_from(end & CARD_MASK).ok() } else { None }
}

/// The address behind its packed form.
#[must_use]
pub fn unpacked(end: Packed) -> IpAddr {
    Ipv6Addr::from(end).to_canonical()
}

/// An end in words: its address, or the hardware address of a card.
#[must_use]
pub fn told(end: Packed) -> String {
    mac_of(end).map_or_else(|| unpacked(end).to_string(), mac_text)
}

/// A hardware address as it is written everywhere.
#[must_use]
pub fn mac_text(mac: u64) -> String {
    let octets = mac.to_be_bytes();
    octets[2..].iter().map(|octet| format!("{octet:02x}")).collect::<Vec<_>>().join(":")
}

/// Reads a hardware address: six octets with colons or hyphens between them.
#[must_use]
pub fn mac(text: &[u8]) -> Option<u64> {
    if text.len() != 17 {
        return None;
    }
    text.chunks(3).try_fold(0u64, |mac, part| {
        let digits = part.get(..2).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
        let octet = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        let ends = part.get(2).is_none_or(|mark| matches!(mark, b':' | b'-'));
        ends.then_some(mac << 8 | u64::from(octet))
    })
}

/// What kind of end it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Can belong to one device inside.
    Private,
    /// An address on the public internet.
    Public,
    /// Belongs to a group: multicast or broadcast.
    Group,
    /// No address yet, or the host's own loopback.
    Nowhere,
}

/// The kind of an end (RFC 1918, 4193, 6598, 3927, 4291; IEEE 802: the lowest bit of the first octet marks a group).
#[must_use]
pub fn reach(end: Packed) -> Reach {
    if let Some(card) = mac_of(end) {
        return if card >> 40 & 1 == 1 { Reach::Group } else { Reach::Private };
    }
    match Ipv6Addr::from(end).to_canonical() {
        IpAddr::V4(v4) if v4.is_unspecified() || v4.is_loopback() => Reach::Nowhere,
        IpAddr::V4(v4) if v4.is_multicast() || v4.is_broadcast() => Reach::Group,
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            let shared = first == 100 && (64..128).contains(&second);
            if v4.is_private() || v4.is_link_local() || shared { Reach::Private } else { Reach::Public }
        }
        IpAddr::V6(v6) if v6.is_unspecified() || v6.is_loopback() => Reach::Nowhere,
        IpAddr::V6(v6) if v6.is_multicast() => Reach::Group,
        IpAddr::V6(v6) if matches!(v6.segments()[0], 0xfc00..=0xfdff | 0xfe80..=0xfebf) => Reach::Private,
        IpAddr::V6(_) => Reach::Public,
    }
}

#[cfg(test)]
mod tests {
    use super::{Reach, mac_of, packed, packed_mac, reach};

    #[test]
    fn kinds_of_ends() {
        for (text, wanted) in [
            ("10.7.1.11", Reach::Private),
            ("100.64.0.1", Reach::Private),
            ("169.254.3.4", Reach::Private),
            ("fd00:7::11", Reach::Private),
            ("8.8.8.8", Reach::Public),
            ("2001:4860:4860::8888", Reach::Public),
            ("224.0.0.251", Reach::Group),
            ("255.255.255.255", Reach::Group),
            ("ff02::1", Reach::Group),
            ("0.0.0.0", Reach::Nowhere),
            ("::1", Reach::Nowhere),
        ] {
            assert_eq!(text.parse().map(|address| reach(packed(address))), Ok(wanted), "{text}");
        }
        assert_eq!(reach(packed_mac(0x0030_a71b_2c3d)), Reach::Private);
        assert_eq!(reach(packed_mac(0x010c_cd01_0001)), Reach::Group);
        assert_eq!(mac_of(packed_mac(0x0030_a71b_2c3d)), Some(0x0030_a71b_2c3d));
    }
}
