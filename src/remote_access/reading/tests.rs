//! What gateways export, good and bad.

use super::{Heard, Ways, read};
use crate::flows::reading::BadLine;
use crate::remote_access::model::{EndedBy, EventKind, GrantKind, Mfa};
use crate::vocabulary::{Moment, TimeZone};

fn ways() -> Ways {
    Ways { now: Moment::parse("2026-03-02T15:00:00Z").unwrap(), zone: None, partial: false }
}

fn heard(text: &str) -> Result<Heard, Vec<BadLine>> {
    read("export.csv", text.as_bytes(), &ways())
}

const HEADER: &str =
    "Session ID,user,started_at,last_activity_at,ended_at,ended_by,source,target,protocol,kind,mfa,vendor,recording\n";

#[test]
fn a_table_in_any_order() {
    let text = "ended,User,mfa,Session-ID,targets,start,shoe size\n\
                2026-03-02T14:30:00Z,lara,success,s-1,10.7.1.20; RTU-9,2026-03-02T15:00:00+01:00,41\n\
                ,jonas,,s-2,,2026-03-02T14:59:00Z,\n";
    let heard = heard(text).unwrap();
    assert_eq!((heard.rows, heard.left_out), (2, 0));
    assert_eq!(heard.unused.iter().collect::<Vec<_>>(), ["shoe size"]);
    let kinds: Vec<(u64, EventKind)> = heard.told.iter().map(|told| (told.line, told.event.kind)).collect();
    assert_eq!(kinds, [(2, EventKind::Start), (2, EventKind::End), (3, EventKind::Start)]);
    let start = &heard.told[0].event;
    assert_eq!((&*start.account, start.mfa, start.access), ("lara", Some(Mfa::Success), None));
    assert_eq!(start.at, Moment::parse("2026-03-02T14:00:00Z").unwrap());
    assert_eq!(start.targets.iter().collect::<Vec<_>>(), ["10.7.1.20", "RTU-9"]);
}

#[test]
fn whole_sessions_and_events_as_json_lines() {
    let text = r#"
{"session":"s-1","account":"lara","started_at":"2026-03-02T14:00:00Z","last_activity_at":"2026-03-02T14:20:00Z","ended_at":"2026-03-02T14:30:00Z","ended_by":"idle","targets":["10.7.1.20"],"kind":"system_to_system","recording":"v/1"}

{"session":17,"event":"start","at":"2026-03-02T14:40:00Z","user":"jonas","extra":1}
{"session":"17","event":"activity","at":"2026-03-02T14:41:00Z"}
{"session":"17","event":"end","at":"2026-03-02T14:42:00Z","ended_by":"user"}
"#;
    let heard = heard(text).unwrap();
    assert_eq!((heard.rows, heard.told.len()), (4, 6));
    assert_eq!(heard.unused.iter().collect::<Vec<_>>(), ["extra"]);
    let end = &heard.told[2].event;
    assert_eq!((end.kind, end.ended_by, &*end.recording), (EventKind::End, Some(EndedBy::Idle), "v/1"));
    assert_eq!(heard.told[0].event.access, Some(GrantKind::SystemToSystem));
    assert_eq!((heard.told[0].moment_column(), heard.told[3].moment_column()), ("started_at", "at"));
    assert_eq!(heard.told[3].line, 4);
}

#[test]
fn rows_that_are_refused() {
    let good = "s-1,lara,2026-03-02T14:00:00Z,2026-03-02T14:20:00Z,2026-03-02T14:30:00Z,user,203.0.113.9,10.7.1.20,ssh,interactive,success,,";
    assert!(heard(&format!("{HEADER}{good}\n")).is_ok());
    let cell = |at: usize, value: &str| {
        let mut cells: Vec<&str> = good.split(',').collect();
        cells[at] = value;
        format!("{HEADER}{}\n", cells.join(","))
    };
    for (at, value, column, said) in [
        (0, "", "Session ID", "missing"),
        (1, "", "user", "missing"),
        (2, "", "started_at", "missing"),
        (2, "yesterday", "started_at", "not a moment"),
        (2, "2026-03-02 14:00:00", "started_at", "has no offset"),
        (4, "2026-03-02T13:59:00Z", "ended_at", "before started_at"),
        (3, "2026-03-02T13:59:00Z", "last_activity_at", "before started_at"),
        (3, "2026-03-02T14:31:00Z", "last_activity_at", "after ended_at"),
        (4, "2026-03-02T15:03:20Z", "ended_at", "3 min 20 s ahead of the clock here"),
        (4, "", "ended_by", "no ended_at"),
        (5, "boredom", "ended_by", "not one of: user"),
        (9, "remote", "kind", "not one of: interactive"),
        (10, "maybe", "mfa", "not one of: success"),
    ] {
        let bad = heard(&cell(at, value)).unwrap_err().remove(0);
        assert!(bad.line == 2 && bad.column == column && bad.problem.contains(said), "{bad}");
    }
    assert!(heard(&cell(4, "2026-03-02T15:02:00Z")).is_ok(), "two minutes are let pass");
    for (text, said) in [
        ("", "empty"),
        ("[{}]", "one object a line"),
        ("session,account\n", "the column is missing"),
        ("session,user,login,started_at\n", "user says the same"),
        ("session,user,started_at\na,b\n", "2 cells"),
        (
            "{\"session\":\"s\",\"event\":\"end\",\"at\":\"2026-03-02T14:00:00Z\",\"ended_at\":\"2026-03-02T14:00:00Z\"}",
            "one moment",
        ),
        (
            "{\"session\":\"s\",\"event\":\"start\",\"at\":\"2026-03-02T14:00:00Z\"}",
            "missing; the name somebody signed in with",
        ),
        ("{\"session\":\"s\",\"event\":\"pause\",\"at\":\"2026-03-02T14:00:00Z\"}", "not one of: start"),
        ("{\"session\":\"s\"", "not a JSON object"),
        ("{\"session\":\"s\",\"event\":true}", "not a text"),
        ("{\"session\":\"s\",\"targets\":[\"a;b\"]}", "one target"),
    ] {
        let bad = heard(text).unwrap_err().remove(0);
        assert!(bad.problem.contains(said), "{text}: {bad}");
    }
}

#[test]
fn good_rows_of_a_partial_import() {
    let text = format!("{HEADER}s-1,lara,2026-03-02T14:00:00Z,,,,,,,,,,\ns-2,,2026-03-02T14:00:00Z,,,,,,,,,,\n");
    assert_eq!(heard(&text).unwrap_err().len(), 1);
    let heard = read("export.csv", text.as_bytes(), &Ways { partial: true, ..ways() }).unwrap();
    assert_eq!((heard.told.len(), heard.left_out, heard.refused[0].line), (1, 1, 3));
}

#[test]
fn local_times_of_a_zone_somebody_named() {
    let zone = Some(TimeZone::known("America/Denver"));
    let read = |text: &str| {
        read("a.csv", format!("session,account,started_at\ns,a,{text}\n").as_bytes(), &Ways { zone, ..ways() })
    };
    let told = read("2026-03-02 07:30:00").unwrap().told;
    assert_eq!(told[0].event.at, Moment::parse("2026-03-02T14:30:00Z").unwrap());
    assert!(read("2026-03-02T14:30:00Z").is_ok());
    assert!(read("2025-11-02 01:30:00").unwrap_err()[0].problem.contains("twice"));
}
