//! How a judged session stands in words: point by point, with the text that asks for it.
//!
//! Invariant: pure. The points are those [`Around::judge`](super::judging::Around::judge) judges by, and no other.

use super::judging::{Fault, Judged};
use super::model::{Grant, GrantKind, Session};
use crate::vocabulary::Moment;

/// How a session stands: the words of statuses.
#[must_use]
pub fn standing(judged: &Judged) -> &'static str {
    match (judged.faults.is_empty(), judged.unknown.is_empty()) {
        (false, _) => "failing",
        (true, false) => "indeterminate",
        (true, true) => "no_failing_record",
    }
}

/// The words for people.
#[must_use]
pub fn label(standing: &str) -> &'static str {
    match standing {
        "failing" => "Failing",
        "indeterminate" => "Indeterminate",
        "not_applicable" => "Not applicable",
        _ => "No failing record",
    }
}

/// What nobody said, in words.
#[must_use]
pub fn unsaid(field: &str) -> &'static str {
    match field {
        "mfa" => "Second factor not told",
        "targets" => "Targets not told",
        "source" => "Source names no address",
        "last_activity" => "No activity told",
        "gateway" => "Place of the gateway not recorded",
        _ => "Not told",
    }
}

/// The faults of a session, and what is not known of it, in words.
#[must_use]
pub fn reasons(judged: &Judged) -> Vec<&'static str> {
    let faults = judged.faults.iter().map(|fault| fault.label());
    faults.chain(judged.unknown.iter().map(|field| unsaid(field))).collect()
}

/// One point a session was judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    pub what: &'static str,
    /// What asks for it.
    pub cites: &'static str,
    /// The word of a status.
    pub standing: &'static str,
    pub says: String,
}

/// What a point is asked of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Everything,
    /// What came under a grant.
    Grants,
    /// What a person sits behind.
    People,
}

/// A point as it is asked: what, by which text, of what; the faults and the field it looks at, and what is said when it holds.
type Asked = (&'static str, &'static str, Of, &'static [Fault], &'static str, &'static str);

/// In the order of a session's life; where encryption ends comes after the gateway.
const ASKED: [Asked; 9] = [
    (
        "Whose the account is",
        "CIP-004-7 R4.1",
        Of::Everything,
        &[Fault::UnknownAccount],
        "",
        "The account is a person's, or the vendor's own.",
    ),
    (
        "A grant that held",
        "CIP-004-7 R4.1; CIP-005-7 R2.4",
        Of::Everything,
        &[Fault::NoGrant, Fault::OutsideWindow],
        "",
        "A grant held when the session began.",
    ),
    (
        "Granted targets only",
        "CIP-004-7 R4.1",
        Of::Grants,
        &[Fault::OtherTarget],
        "targets",
        "Every target is one of the grant's.",
    ),
    (
        "From where it was granted",
        "NIST SP 800-53r5 AC-17",
        Of::Grants,
        &[Fault::OtherSource],
        "source",
        "It came from where the grant says, or the grant names no place.",
    ),
    (
        "Through an Intermediate System outside the ESP",
        "CIP-005-7 R2.1",
        Of::People,
        &[Fault::NotIntermediate],
        "gateway",
        "The gateway has the role and lies outside every ESP.",
    ),
    (
        "Through the granted gateway",
        "CIP-005-7 R2.1",
        Of::Grants,
        &[Fault::NotThroughGateway],
        "",
        "It went through the gateway of its grant.",
    ),
    (
        "Two factors",
        "CIP-005-7 R2.3",
        Of::People,
        &[Fault::NoMfa],
        "mfa",
        "The gateway says that the second factor succeeded.",
    ),
    (
        "Ended with its grant",
        "CIP-005-7 R2.5; CIP-004-7 R5.1",
        Of::Grants,
        &[Fault::OpenAfterEnd],
        "",
        "It did not outlast its grant.",
    ),
    (
        "Ended when nobody worked",
        "62443-3-3 SR 2.6",
        Of::People,
        &[Fault::Idle],
        "last_activity",
        "It did not idle beyond the limit.",
    ),
];
/// Where encryption stands among them.
const ENCRYPTION: usize = 6;

/// The points of a session.
#[must_use]
pub fn points(session: &Session, judged: &Judged, grant: Option<&Grant>) -> Vec<Point> {
    let interactive = session.kind == GrantKind::Interactive;
    let mut points: Vec<Point> = ASKED.iter().map(|asked| point(asked, judged, grant.is_some(), interactive)).collect();
    let encryption =
        if interactive { encryption(session, grant) } else { between_systems(&encryption(session, grant)) };
    points.insert(ENCRYPTION, encryption);
    points
}

fn point((what, cites, of, faults, field, good): &Asked, judged: &Judged, granted: bool, interactive: bool) -> Point {
    let standing = if faults.iter().any(|fault| judged.faults.contains(fault)) {
        "failing"
    } else if judged.unknown.contains(field) {
        "indeterminate"
    } else {
        "no_failing_record"
    };
    let point = Point { what, cites, standing, says: said(judged, faults, field, good) };
    match of {
        Of::Grants if !granted => without_grant(&point),
        Of::People if !interactive => between_systems(&point),
        _ => point,
    }
}

fn said(judged: &Judged, some: &[Fault], field: &str, good: &str) -> String {
    let found: Vec<&str> =
        some.iter().filter(|fault| judged.faults.contains(fault)).map(|fault| fault.label()).collect();
    if !found.is_empty() {
        let strangers: Vec<&str> = judged.unknown_targets.iter().map(String::as_str).collect();
        if some.contains(&Fault::OtherTarget) && !strangers.is_empty() {
            return format!("{}; not in the inventory: {}.", found.join("; "), strangers.join(", "));
        }
        return format!("{}.", found.join("; "));
    }
    if judged.unknown.contains(field) { format!("{}.", unsaid(field)) } else { good.to_owned() }
}

fn without_grant(point: &Point) -> Point {
    Point { standing: "not_applicable", says: "There is no grant to compare it with.".to_owned(), ..*point }
}

fn between_systems(point: &Point) -> Point {
    Point { standing: "not_applicable", says: "Between systems: nobody sits there.".to_owned(), ..*point }
}

/// Where encryption ends is what the grant says of it: gateways do not tell.
fn encryption(session: &Session, grant: Option<&Grant>) -> Point {
    let (standing, says) = match grant.map(|grant| grant.encryption_end) {
        None => ("not_applicable", "There is no grant to compare it with."),
        Some(None) => ("indeterminate", "The grant does not say what ends the encryption."),
        Some(Some(end)) if end == session.gateway => {
            ("no_failing_record", "By its grant, encryption ends at the gateway it went through.")
        }
        Some(Some(_)) => {
            ("indeterminate", "By its grant, encryption ends elsewhere than at the gateway it went through.")
        }
    };
    Point {
        what: "Encrypted as far as the Intermediate System",
        cites: "CIP-005-7 R2.2",
        standing,
        says: says.to_owned(),
    }
}

/// How long something lasts, in words.
#[must_use]
pub fn span(from: Moment, until: Moment) -> String {
    super::reading::span((until.micros_since(from) / 1_000_000).max(0))
}

#[cfg(test)]
mod tests {
    use super::{points, reasons, standing};
    use crate::ids::{AssetId, Id};
    use crate::remote_access::judging::{Fault, Judged};
    use crate::remote_access::model::{Grant, GrantKind, Session};
    use crate::vocabulary::Moment;

    fn session(kind: GrantKind) -> Session {
        Session {
            gateway: AssetId::from_uuid(uuid::Uuid::nil()),
            key: "s-1".to_owned(),
            kind,
            account: "lara".to_owned(),
            source: String::new(),
            targets: [].into(),
            protocol: String::new(),
            mfa: None,
            vendor: String::new(),
            started_at: Moment::ZERO,
            last_activity_at: Moment::ZERO,
            ended_at: None,
            ended_by: None,
            recording: String::new(),
        }
    }

    #[test]
    fn every_fault_has_its_point() {
        for fault in Fault::ALL {
            let judged = Judged { faults: [*fault].into(), ..Judged::default() };
            let found = points(&session(GrantKind::Interactive), &judged, Some(&Grant::default()));
            assert_eq!(found.iter().filter(|point| point.standing == "failing").count(), 1, "{fault}");
            assert_eq!((standing(&judged), reasons(&judged)), ("failing", vec![fault.label()]));
        }
    }

    #[test]
    fn what_does_not_apply() {
        let judged = Judged { unknown: ["mfa", "targets"].into(), ..Judged::default() };
        let of = |kind, grant: Option<&Grant>, word| {
            points(&session(kind), &judged, grant).iter().filter(|point| point.standing == word).count()
        };
        assert_eq!(of(GrantKind::Interactive, Some(&Grant::default()), "indeterminate"), 3);
        assert_eq!(of(GrantKind::Interactive, None, "not_applicable"), 5);
        assert_eq!(of(GrantKind::SystemToSystem, Some(&Grant::default()), "not_applicable"), 4);
        assert_eq!(standing(&judged), "indeterminate");
    }
}
