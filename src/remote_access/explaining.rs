//! Which flows a session explains: those a gateway's word accounts for.
//!
//! Invariant: pure. A flow is explained only by a session that reached its destination, from the session's source or through
//! its gateway, while it lasted; what a gateway does not say explains nothing.

use super::model::Session;
use crate::vocabulary::Moment;
use crate::vocabulary::end::{self, Packed};

/// How far clocks of sensors and gateways may differ, and how long after a session its last packets may be seen.
const SLACK_MICROS: i64 = 5 * 60 * 1_000_000;

/// The addresses a session is about, as the inventory knows them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ends<'e> {
    /// Addresses of the assets it reached.
    pub targets: &'e [Packed],
    /// Addresses of the gateway it went through.
    pub gateway: &'e [Packed],
}

/// A flow as sensors saw it.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    pub source: Packed,
    pub destination: Packed,
    pub first: Moment,
    pub last: Moment,
}

/// True when the session accounts for the flow.
#[must_use]
pub fn explains(session: &Session, ends: Ends<'_>, flow: &Seen) -> bool {
    let packed = |word: &str| word.parse().ok().map(end::packed);
    let reached = ends.targets.contains(&flow.destination)
        || session.targets.iter().any(|word| packed(word) == Some(flow.destination));
    let began = ends.gateway.contains(&flow.source) || packed(&session.source) == Some(flow.source);
    reached && began && overlaps(session, flow)
}

fn overlaps(session: &Session, flow: &Seen) -> bool {
    let until = session.ended_at.map(|end| end.plus_micros(SLACK_MICROS));
    session.started_at.plus_micros(-SLACK_MICROS) <= flow.last && until.is_none_or(|until| flow.first <= until)
}

#[cfg(test)]
mod tests {
    use super::{Ends, Seen, explains};
    use crate::ids::{AssetId, Id};
    use crate::remote_access::model::{GrantKind, Session};
    use crate::vocabulary::Moment;
    use crate::vocabulary::end::{Packed, packed};

    fn at(minute: i64) -> Moment {
        Moment::from_micros(1_772_463_600_000_000).plus_seconds(minute * 60)
    }

    fn address(text: &str) -> Packed {
        packed(text.parse().expect("an address"))
    }

    fn session() -> Session {
        Session {
            gateway: AssetId::from_uuid(uuid::Uuid::nil()),
            key: "s-1".to_owned(),
            kind: GrantKind::Interactive,
            account: "lara".to_owned(),
            source: "203.0.113.9".to_owned(),
            targets: ["10.7.1.20".to_owned(), "RTU-9".to_owned()].into(),
            protocol: "ssh".to_owned(),
            mfa: None,
            vendor: String::new(),
            started_at: at(0),
            last_activity_at: at(20),
            ended_at: Some(at(30)),
            ended_by: None,
            recording: String::new(),
        }
    }

    #[test]
    fn from_gateway_or_source_to_a_target_while_it_lasts() {
        let (gateway, target) = ([address("10.5.0.4")], [address("10.7.1.20"), address("10.7.1.29")]);
        let ends = Ends { targets: &target, gateway: &gateway };
        for (source, destination, first, last, known) in [
            ("10.5.0.4", "10.7.1.20", 1, 29, true),
            ("203.0.113.9", "10.7.1.29", 1, 29, true),
            ("10.5.0.4", "10.7.1.30", 1, 29, false),
            ("10.5.0.5", "10.7.1.20", 1, 29, false),
            // Five minutes of slack on either side, and no more.
            ("10.5.0.4", "10.7.1.20", -60, -5, true),
            ("10.5.0.4", "10.7.1.20", -60, -6, false),
            ("10.5.0.4", "10.7.1.20", 35, 90, true),
            ("10.5.0.4", "10.7.1.20", 36, 90, false),
            // A session does not explain what answers it.
            ("10.7.1.20", "10.5.0.4", 1, 29, false),
        ] {
            let flow =
                Seen { source: address(source), destination: address(destination), first: at(first), last: at(last) };
            assert_eq!(explains(&session(), ends, &flow), known, "{source} {destination} {first} {last}");
        }
    }

    #[test]
    fn open_sessions_and_what_no_inventory_knows() {
        let open = Session { ended_at: None, ..session() };
        let late =
            Seen { source: address("203.0.113.9"), destination: address("10.7.1.20"), first: at(9000), last: at(9001) };
        assert!(explains(&open, Ends::default(), &late));
        assert!(!explains(&session(), Ends::default(), &late));
        let unsaid = Session { source: String::new(), ..open };
        assert!(!explains(&unsaid, Ends::default(), &late));
    }
}
