//! Rows of every sort, as tabs and as objects: both fold equally, and nothing makes a reader panic.

use glance::flows::reading::Reading;
use glance::flows::rules::{Ours, hosts};
use glance::vocabulary::Moment;
use proptest::prelude::*;

use crate::zeek_logs::{HEAD, reading, rows};

prop_compose! {
    fn any_row()(
        at in 1_000_000_000_000_000i64..1_772_000_000_000_000,
        from in any::<u32>(), to in any::<u128>(), v6 in any::<bool>(), port in any::<u16>(),
        proto in "tcp|udp|icmp", service in proptest::option::of("[a-z0-9,_-]{1,12}"),
        sent in proptest::option::of(any::<u32>()), received in proptest::option::of(any::<u32>()),
        state in proptest::option::of("S0|S1|SF|REJ|RSTO|OTH|SHR"),
    ) -> [String; 9] {
        let from = std::net::Ipv4Addr::from(from).to_string();
        let [a, b, c, d, ..] = to.to_be_bytes();
        let v4 = || std::net::Ipv4Addr::new(a, b, c, d).to_string();
        let to = if v6 { std::net::Ipv6Addr::from(to).to_canonical().to_string() } else { v4() };
        let text = |number: Option<u32>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
        let ts = format!("{}.{:06}", at / 1_000_000, at % 1_000_000);
        // A dash alone is how Zeek says that there is nothing.
        let service = service.filter(|text| text != "-").unwrap_or_else(|| "-".to_owned());
        [ts, from, to, port.to_string(), proto, service, text(sent), text(received), state.unwrap_or_else(|| "-".to_owned())]
    }
}

const NAMES: [&str; 9] =
    ["ts", "id.orig_h", "id.resp_h", "id.resp_p", "proto", "service", "orig_bytes", "resp_bytes", "conn_state"];

fn as_json(row: &[String; 9], how: usize) -> String {
    let moment = |ts: &str| {
        let (seconds, micros) = ts.split_once('.').unwrap();
        Moment::from_micros(seconds.parse::<i64>().unwrap() * 1_000_000 + micros.parse::<i64>().unwrap()).rfc3339()
    };
    let member = |(name, text): (&&str, &String)| match (*name, how % 2) {
        (_, _) if text == "-" => None,
        ("ts", 0) => Some(format!("\"ts\":\"{}\"", moment(text))),
        ("ts" | "id.resp_p" | "orig_bytes" | "resp_bytes", _) => Some(format!("\"{name}\":{text}")),
        _ => Some(format!("\"{name}\": \"{text}\"")),
    };
    let mut members: Vec<String> = NAMES.iter().zip(row).filter_map(member).collect();
    let turned = how % members.len();
    members.rotate_left(turned);
    format!("{{{}}}", members.join(","))
}

proptest! {
    #[test]
    fn tabs_and_objects_fold_equally(all in proptest::collection::vec(any_row(), 1..30)) {
        let tsv = format!("#path\tconn\n#fields\t{}\n{}\n", NAMES.join("\t"), all.iter().map(|row| row.join("\t")).collect::<Vec<_>>().join("\n"));
        let json: Vec<String> = all.iter().enumerate().map(|(how, row)| as_json(row, how)).collect();
        let (one, two) = (reading("conn.log", tsv.as_bytes()), reading("conn.json", json.join("\n").as_bytes()));
        let (one, two) = (one.map_err(|bad| bad.to_string()), two.map_err(|bad| bad.to_string()));
        prop_assert!(one.is_ok() && two.is_ok(), "{:?} {:?}", one.err(), two.err());
        if let (Ok(one), Ok(two)) = (one, two) {
            prop_assert_eq!(rows(&one), rows(&two));
            let seen = |reading: &Reading| format!("{:?}", hosts(reading, &Ours::default()));
            prop_assert_eq!(seen(&one), seen(&two));
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300), name in "conn|software|cip_identity") {
        let name = format!("{name}.log");
        let _ = reading(&name, &bytes);
        let _ = reading(&name, &[HEAD.as_bytes(), &bytes].concat());
        let _ = reading(&name, &[b"{\"ts\":1,", &bytes[..]].concat());
    }

    #[test]
    fn any_cells_are_read_or_refused(cells in proptest::collection::vec("[ -~\u{e6}]{0,12}", 11), path in "conn|known_hosts|known_services|software|cip_identity|bacnet_discovery|s7comm_known_devices|modbus_read_device_identification") {
        let kind = glance::flows::reading::logs::LogKind::ALL.into_iter().find(|kind| kind.path() == path).unwrap();
        let mut text = format!("#path\t{path}\n#fields\t{}\n", kind.columns().join("\t"));
        let ts = "1772463000.5".to_owned();
        let row: Vec<&String> = std::iter::once(&ts).chain(cells.iter().cycle()).take(kind.columns().len()).collect();
        text.push_str(&row.iter().map(|cell| cell.as_str()).collect::<Vec<_>>().join("\t"));
        if let Ok(read) = reading("any.log", text.as_bytes()) {
            let _ = hosts(&read, &Ours::default());
        }
    }
}
