//! Values of a log, read from bytes: moments, addresses, ports, counts.
//!
//! Invariant: the quick way takes only what it reads exactly; everything else goes to the standard library's parsers, so
//! both give the same value or the same refusal. A moment in digits never passes through a float.

use crate::vocabulary::Moment;
use crate::vocabulary::end::MAPPED;
pub use crate::vocabulary::end::{Packed, mac, mac_of, mac_text, packed, packed_mac, told, unpacked};

/// An end of a flow from words, as [`told`] writes them.
#[must_use]
pub fn end(text: &str) -> Option<Packed> {
    mac(text.as_bytes()).map(packed_mac).or_else(|| address(text.as_bytes()))
}

/// True for the address of one card: neither a group (IEEE 802, the lowest bit of the first octet) nor nothing.
#[must_use]
pub fn is_card(mac: u64) -> bool {
    mac >> 40 & 1 == 0 && mac != 0
}

/// Reads an IPv4 or IPv6 address.
#[inline]
#[must_use]
pub fn address(text: &[u8]) -> Option<Packed> {
    quick_v4(text).or_else(|| std::str::from_utf8(text).ok()?.parse().ok().map(packed))
}

/// Four decimal numbers below 256 without leading zeros, with dots between them.
#[inline]
fn quick_v4(text: &[u8]) -> Option<Packed> {
    let (mut whole, mut part, mut digits, mut dots) = (0u32, 0u32, 0u32, 0u32);
    for byte in text {
        let digit = u32::from(byte.wrapping_sub(b'0'));
        if digit < 10 {
            if digits > 0 && part == 0 {
                return None;
            }
            part = part * 10 + digit;
            digits += 1;
            if part > 255 {
                return None;
            }
        } else if *byte == b'.' && digits > 0 && dots < 3 {
            whole = whole << 8 | part;
            (part, digits, dots) = (0, 0, dots + 1);
        } else {
            return None;
        }
    }
    if digits > 0 && dots == 3 { Some(MAPPED | Packed::from(whole << 8 | part)) } else { None }
}

/// Reads a whole number.
#[inline]
#[must_use]
pub fn count(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 18 {
        return std::str::from_utf8(text).ok()?.parse().ok();
    }
    let mut value = 0u64;
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + u64::from(digit);
    }
    Some(value)
}

/// Reads a port; the error says what would be right.
#[inline]
pub fn port(text: &[u8]) -> Result<u16, &'static str> {
    match count(text) {
        Some(number) => u16::try_from(number).map_err(|_| "over 65535; a port is 0 to 65535"),
        None => Err("not a port; a port is a whole number from 0 to 65535"),
    }
}

/// Reads a moment: seconds since 1970 with decimals, or RFC 3339.
#[inline]
#[must_use]
pub fn moment(text: &[u8]) -> Option<Moment> {
    epoch(text).or_else(|| rfc3339(text)).or_else(|| slow(text))
}

/// Digits, and after a dot up to six that count; more are cut off.
#[inline]
fn epoch(text: &[u8]) -> Option<Moment> {
    let (mut seconds, mut at) = (0i64, 0);
    while let Some(digit) = text.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
        seconds = seconds * 10 + i64::from(digit);
        at += 1;
        if at > 10 {
            return None;
        }
    }
    if at == 0 {
        return None;
    }
    let mut micros = 0i64;
    match text.get(at) {
        None => {}
        Some(b'.') if text.len() > at + 1 => {
            let mut scale = 100_000i64;
            for byte in &text[at + 1..] {
                let digit = byte.wrapping_sub(b'0');
                if digit > 9 {
                    return None;
                }
                micros += i64::from(digit) * scale;
                scale /= 10;
            }
        }
        Some(_) => return None,
    }
    Some(Moment::from_micros(seconds * 1_000_000 + micros))
}

/// `2015-10-20T14:30:42.722836Z`, the form Zeek writes as `JSON::TS_ISO8601`.
#[inline]
fn rfc3339(text: &[u8]) -> Option<Moment> {
    let fits = text.len() >= 20 && text.len() <= 27 && text.last() == Some(&b'Z');
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if !fits || marks.iter().any(|(at, mark)| text[*at] != *mark) {
        return None;
    }
    let number = |from: usize, until: usize| count(&text[from..until]).and_then(|number| i64::try_from(number).ok());
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=28).contains(&day) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut micros = 0;
    if text.len() > 20 {
        let part = &text[20..text.len() - 1];
        if text[19] != b'.' || part.is_empty() {
            return None;
        }
        let padding = u32::try_from(6 - part.len()).ok()?;
        micros = i64::try_from(count(part)?).ok()? * 10i64.pow(padding);
    }
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    Some(Moment::from_micros(seconds * 1_000_000 + micros))
}

/// Days since 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// RFC 3339 with any offset; a float with an exponent, as some JSON writers give it.
#[cold]
fn slow(text: &[u8]) -> Option<Moment> {
    let text = std::str::from_utf8(text).ok()?;
    if let Some(moment) = Moment::parse(text) {
        return (moment >= Moment::ZERO).then_some(moment);
    }
    if !text.contains(['e', 'E']) {
        return None;
    }
    let seconds: f64 = text.parse().ok()?;
    let fits = (0.0..9_999_999_999.0).contains(&seconds);
    #[expect(clippy::cast_possible_truncation, reason = "checked to be within the range of whole microseconds")]
    fits.then(|| Moment::from_micros((seconds * 1_000_000.0).round() as i64))
}

#[cfg(test)]
mod tests {
    use super::{address, count, end, is_card, mac, mac_of, moment, packed, packed_mac, port, told, unpacked};
    use crate::vocabulary::Moment;
    use proptest::prelude::*;
    use std::net::IpAddr;

    #[test]
    fn three_ways_to_write_one_instant() {
        let known = Some(Moment::from_micros(1_445_353_842_722_836));
        for text in [
            "1445353842.722836",
            "2015-10-20T15:10:42.722836Z",
            "2015-10-20T17:10:42.722836+02:00",
            "1.445353842722836e9",
            "1445353842.7228361",
        ] {
            assert_eq!(moment(text.as_bytes()), known, "{text}");
        }
        assert_eq!(moment(b"2018-03-24T17:15:20.6Z"), Some(Moment::from_micros(1_521_911_720_600_000)));
        assert_eq!(moment(b"1521911720"), Some(Moment::from_micros(1_521_911_720_000_000)));
    }

    #[test]
    fn what_is_no_moment() {
        for text in
            ["XXXXXXXXXX.XXXXXX", "", "-1.0", "1.", ".5", "12345678901.0", "2015-13-01T00:00:00Z", "nan", "1e99"]
        {
            assert_eq!(moment(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn ports() {
        assert_eq!((port(b"0"), port(b"65535")), (Ok(0), Ok(65535)));
        assert!(port(b"65536").is_err_and(|said| said.starts_with("over 65535")));
        assert!(port(b"-1").is_err() && port(b"").is_err() && port(b"80x").is_err());
    }

    #[test]
    fn layer_two_ends() {
        let card = mac(b"00:30:A7-1b:2c:3d").unwrap();
        assert_eq!((mac_of(packed_mac(card)), told(packed_mac(card))), (Some(card), "00:30:a7:1b:2c:3d".to_owned()));
        assert_eq!((end("00:30:a7:1b:2c:3d"), end("10.7.1.11").and_then(mac_of)), (Some(packed_mac(card)), None));
        assert_eq!(end("fd00:7::11").map(told), Some("fd00:7::11".to_owned()));
        for text in
            ["", "00:30:a7:1b:2c", "00:30:a7:1b:2c:3g", "00:30:a7:1b:2c:+1", "0030a71b2c3d", "00.30.a7.1b.2c.3d"]
        {
            assert_eq!(mac(text.as_bytes()), None, "{text}");
        }
        assert!(is_card(card) && !is_card(0) && !is_card(mac(b"01:0c:cd:01:00:00").unwrap()));
    }

    proptest! {
        #[test]
        fn addresses_as_the_library_reads_them(text in "[0-9a-f:.]{0,20}") {
            let library = text.parse::<IpAddr>().ok().map(packed);
            prop_assert_eq!(address(text.as_bytes()), library);
        }

        #[test]
        fn addresses_return(bits in any::<u128>(), v4 in any::<u32>()) {
            let v6 = IpAddr::from(bits.to_be_bytes()).to_canonical();
            prop_assert_eq!(address(v6.to_string().as_bytes()), Some(packed(v6)));
            prop_assert_eq!(unpacked(packed(v6)), v6);
            let v4 = IpAddr::from(v4.to_be_bytes());
            prop_assert_eq!(address(v4.to_string().as_bytes()).map(unpacked), Some(v4));
        }

        #[test]
        fn counts_as_the_library_reads_them(text in "[0-9+-]{0,22}") {
            prop_assert_eq!(count(text.as_bytes()), text.parse::<u64>().ok().filter(|_| !text.starts_with('+')));
        }

        #[test]
        fn rfc3339_as_the_library_reads_it(seconds in 0i64..4_000_000_000, micros in 0i64..1_000_000) {
            let known = Moment::from_micros(seconds * 1_000_000 + micros);
            prop_assert_eq!(moment(known.rfc3339().as_bytes()), Some(known));
            prop_assert_eq!(moment(format!("{seconds}.{micros:06}").as_bytes()), Some(known));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = (moment(&bytes), address(&bytes), count(&bytes), port(&bytes));
        }
    }
}
