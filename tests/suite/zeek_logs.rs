//! Logs as sensors write them, and as they never should: what is read, what is refused, where and why.

use std::io::Write;
use std::path::{Path, PathBuf};

use glance::flows::intake::{LogFile, Progress, Refusal, take};
use glance::flows::reading::log::{open, read};
use glance::flows::reading::{BadLine, Reading};
use glance::flows::rules::{Ours, hosts};
use glance::vocabulary::Subnet;

use crate::support::BEGINNING;

pub const HEAD: &str = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n\
#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\torig_bytes\tresp_bytes\tconn_state\n";

fn log(rows: &[&str]) -> String {
    format!("{HEAD}{}\n", rows.join("\n"))
}

pub fn reading(name: &str, bytes: &[u8]) -> Result<Reading, BadLine> {
    let mut reading = Reading::new(BEGINNING, false);
    let opened = open(std::io::Cursor::new(bytes)).map_err(|error| BadLine::of_file(name, error.to_string()))?;
    read(name, opened, &mut reading).map(|_| reading)
}

pub fn rows(reading: &Reading) -> Vec<String> {
    let flows = &reading.flows;
    let mut rows: Vec<String> = flows.iter().map(|flow| format!("{:?}", flows.row(flow))).collect();
    rows.sort();
    rows
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

const GOOD: &str = "1772463000.5\tC1\t10.7.1.20\t40000\t10.7.1.11\t20000\ttcp\tdnp3\t10\t120\tSF";

#[test]
fn the_same_rows_in_every_dress() {
    let tsv = log(&[GOOD]);
    let whole = rows(&reading("conn.log", tsv.as_bytes()).unwrap());
    assert_eq!(whole.len(), 1);
    let object = |ts: &str| {
        format!(
            "{{\"ts\":{ts},\"id.orig_h\":\"10.7.1.20\",\"id.orig_p\":40000,\"id.resp_h\":\"10.7.1.11\",\"id.resp_p\":20000,\
             \"proto\":\"tcp\",\"service\":\"dnp3\",\"orig_bytes\":10,\"resp_bytes\":120,\"conn_state\":\"SF\"}}\n"
        )
    };
    let shuffled = "#path\tconn\n#fields\tresp_bytes\tproto\tid.resp_p\tx\tid.resp_h\tid.orig_h\tts\tconn_state\torig_bytes\tservice\n\
        120\ttcp\t20000\t-\t10.7.1.11\t10.7.1.20\t2026-03-02T14:50:00.5Z\tSF\t10\tdnp3\n#close\t2026\n";
    for (name, bytes) in [
        ("conn.log.gz", gzip(tsv.as_bytes())),
        ("conn.log", tsv.replace('\n', "\r\n").into_bytes()),
        ("conn.log", tsv.trim_end().as_bytes().to_vec()),
        ("conn.json", object("1772463000.5").into_bytes()),
        ("conn.json.gz", gzip(object("\"2026-03-02T14:50:00.500000Z\"").as_bytes())),
        ("conn.log", object("1.7724630005e9").into_bytes()),
        ("x.log", object("1772463000.5").replacen('{', "{\"_path\":\"conn\",", 1).into_bytes()),
        ("conn.log", shuffled.as_bytes().to_vec()),
        ("conn.log", tsv.replace('\t', "|").replace("#separator \\x09", "#separator \\x7c").into_bytes()),
    ] {
        assert_eq!(rows(&reading(name, &bytes).unwrap()), whole, "{name}: {}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn what_is_refused() {
    let cell = |column: usize, value: &str| {
        let mut cells: Vec<&str> = GOOD.split('\t').collect();
        cells[column] = value;
        log(&[GOOD, &cells.join("\t")])
    };
    let cut = gzip(log(&[GOOD; 400]).as_bytes());
    let mut damaged = cut.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xff;
    for (bytes, line, column, said) in [
        (b"a\tb\n".to_vec(), 1, "", "no #fields line"),
        (b"".to_vec(), 0, "", "empty"),
        (b"#separator \\x09\n#path\tconn\n".to_vec(), 0, "", "no #fields line and no row"),
        (b"### BTest baseline data\nx\ty\n".to_vec(), 1, "", "BTest baseline"),
        (HEAD.replace("#path\tconn", "#path\tgrocery").into_bytes(), 5, "#path", "not a log that Glance knows"),
        (HEAD.replace("id.resp_p\t", "").into_bytes(), 6, "#fields", "the column is missing"),
        (cell(0, "XXXXXXXXXX.XXXXXX").into_bytes(), 8, "ts", "BTest"),
        (cell(0, "yesterday").into_bytes(), 8, "ts", "not a moment"),
        (cell(0, "1772643601.0").into_bytes(), 8, "ts", "in the future"),
        (cell(2, "10.7.1").into_bytes(), 8, "id.orig_h", "not an IP address"),
        (cell(4, "10.7.1.256").into_bytes(), 8, "id.resp_h", "not an IP address"),
        (cell(3, "65536").into_bytes(), 8, "id.orig_p", "over 65535"),
        (cell(5, "65536").into_bytes(), 8, "id.resp_p", "over 65535"),
        (cell(5, "http").into_bytes(), 8, "id.resp_p", "not a port"),
        (cell(6, "-").into_bytes(), 8, "proto", "missing"),
        (cell(8, "-1").into_bytes(), 8, "orig_bytes", "not a whole number"),
        (cell(10, "DONE").into_bytes(), 8, "conn_state", "not a state of Zeek"),
        (log(&[GOOD, "1772463000.5\tC1"]).into_bytes(), 8, "", "2 values for 11 columns"),
        (log(&[GOOD, &format!("{GOOD}\tx")]).into_bytes(), 8, "", "12 values for 11 columns"),
        ([log(&[GOOD]).as_bytes(), b"\xff\xfe\n"].concat(), 8, "", "not UTF-8"),
        ([log(&[GOOD]).as_bytes(), b"a\0b\n"].concat(), 8, "", "holds a NUL"),
        (vec![b'x'; 3 << 20], 1, "", "longer than 1 MiB"),
        (b"{\"ts\":1}\n".to_vec(), 1, "id.orig_h", "missing"),
        (b"{\"ts\":1\n".to_vec(), 1, "", "not a JSON object"),
        (b"{\"_path\":\"grocery\"}\n".to_vec(), 1, "_path", "not a log that Glance knows"),
    ] {
        let bad = reading("conn.log", &bytes).err().unwrap_or_else(|| panic!("{said}: taken"));
        assert_eq!((bad.line, &*bad.column), (line, column), "{said}: {bad}");
        assert!(bad.problem.contains(said), "{bad}");
    }
    for (bytes, said) in [(cut[..cut.len() - 9].to_vec(), "cut short"), (damaged, "")] {
        let bad = reading("conn.log.gz", &bytes).err().expect("refused");
        assert!(bad.problem.contains(said) && bad.whole, "{bad}");
    }
    let nameless = HEAD.replace("#path\tconn\n", "") + GOOD;
    assert!(reading("data.log", nameless.as_bytes()).is_err_and(|bad| bad.column == "#path"));
    assert!(reading("conn.log", nameless.as_bytes()).is_ok());
}

#[test]
fn addresses_of_every_sort() {
    let row = |from: &str, to: &str| format!("1772463000.5\tC\t{from}\t1\t{to}\t502\ttcp\t-\t1\t1\tSF");
    let all = [
        row("10.7.1.20", "224.0.0.251"),
        row("0.0.0.0", "255.255.255.255"),
        row("10.7.1.20", "10.7.1.255"),
        row("8.8.8.8", "10.7.1.11"),
        row("203.0.113.9", "203.0.113.15"),
        row("fe80::1", "ff02::1"),
        row("fd00:7::1", "2001:db8::5"),
        row("::", "::1"),
        row("169.254.3.4", "127.0.0.1"),
        row("::ffff:10.7.1.30", "10.7.9.255"),
    ];
    let read = reading("conn.log", log(&all.iter().map(String::as_str).collect::<Vec<_>>()).as_bytes()).unwrap();
    assert_eq!(read.flows.len(), 10);
    let ours = Ours {
        subnets: ["10.7.1.0/24", "203.0.113.0/28", "10.7.8.0/23"].map(|text| Subnet::parse(text).unwrap()).to_vec(),
    };
    let found: Vec<String> = hosts(&read, &ours).unwrap().into_iter().map(|seen| seen.address).collect();
    assert_eq!(found, ["10.7.1.11", "10.7.1.20", "10.7.1.30", "169.254.3.4", "203.0.113.9", "fd00:7::1", "fe80::1"]);
    let unknown: Vec<String> = hosts(&read, &Ours::default()).unwrap().into_iter().map(|seen| seen.address).collect();
    assert_eq!(unknown, ["10.7.1.11", "10.7.1.20", "10.7.1.30", "169.254.3.4", "fd00:7::1", "fe80::1"]);
}

#[test]
fn what_hosts_tell_of_themselves() {
    let head = |path: &str, fields: &str| {
        format!("#path\t{path}\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\t{fields}\n")
    };
    let of = "1772463000.5\tC1\t10.0.0.1\t4000\t10.0.0.2\t502";
    let logs = [
        head("modbus_read_device_identification", "is_orig\tsource_h\trequest_response\tobject_id_code\tobject_id\tobject_value")
            + &format!("{of}\tF\t10.0.0.2\tRESPONSE\t0\tVendorName\tSchneider\\x20Electric\n{of}\tF\t10.0.0.2\tRESPONSE\t2\tMajorMinorRevision\tv2.8\n{of}\tT\t10.0.0.1\tREQUEST\t4\tProductName\tnot told\n{of}\tF\t10.0.0.2\tRESPONSE\t4\tProductName\tM340\n"),
        head("cip_identity", "source_h\tsocket_address\tvendor_name\tproduct_name\trevision\tserial_number")
            + &format!("{of}\t10.0.0.2\t10.0.0.3\tRockwell Automation/Allen-Bradley\t1756-ENBT/A\t4.3\t0x00524d8e\n"),
        head("s7comm_known_devices", "automation_system_name\tmodule_name\tplant_name\tmodule_serial")
            + &format!("{}\tPLC-7\tCPU 315-2 PN/DP\t(empty)\tS C-C2UR28922012\n", of.replace("10.0.0.2", "10.0.0.4")),
        head("bacnet_discovery", "source_h\tpdu_service\tvendor\tobject_type\tobject_name")
            + &format!("{of}\t10.0.0.5\ti-am\tAcuity Brands Lighting Inc.\tdevice\t-\n{of}\t10.0.0.9\twho-is\t-\t-\t-\n"),
        "#path\tknown_services\n#fields\tts\thost\tport_num\tport_proto\tservice\n1772463001.5\t10.0.0.2\t80\ttcp\tHTTP,SSL\n".to_owned(),
        "#path\tsoftware\n#fields\tts\thost\tsoftware_type\tname\tversion.major\tversion.minor\tversion.minor2\tversion.minor3\tversion.addl\n1772463001.5\t10.0.0.2\tHTTP::SERVER\tnginx\t1\t18\t0\t-\t-\n".to_owned(),
        "#path\tknown_hosts\n#fields\tts\thost\n1772463001.5\t10.0.0.6\n1772463001.5\t8.8.8.8\n".to_owned(),
    ];
    let mut all = Reading::new(BEGINNING, false);
    for text in &logs {
        read("any.log", text.as_bytes(), &mut all).unwrap();
    }
    let found = hosts(&all, &Ours::default()).unwrap();
    let addresses: Vec<&str> = found.iter().map(|seen| &*seen.address).collect();
    assert_eq!(addresses, ["10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6"]);
    let made = |n: usize| (&*found[n].vendor, &*found[n].product, &*found[n].firmware, &*found[n].serial);
    assert_eq!(made(0), ("Schneider Electric", "M340", "v2.8", ""));
    assert_eq!((&*found[0].ports, &*found[0].software), ("tcp/502;tcp/80", "nginx 1.18.0"));
    assert_eq!(made(1), ("Rockwell Automation/Allen-Bradley", "1756-ENBT/A", "4.3", "0x00524d8e"));
    assert_eq!((made(2), &*found[2].name), (("", "CPU 315-2 PN/DP", "", "S C-C2UR28922012"), "PLC-7"));
    assert_eq!(made(3).0, "Acuity Brands Lighting Inc.");
}

#[test]
fn cards_belong_to_hosts_and_not_to_routers() {
    let head = HEAD.replace("conn_state", "conn_state\torig_l2_addr\tresp_l2_addr");
    let row = |n: u32| {
        format!(
            "1772463000.5\tC\t10.9.0.{n}\t1\t10.7.1.11\t502\ttcp\t-\t1\t1\tSF\t00:00:5e:00:53:01\t00:30:A7:00:00:01"
        )
    };
    let text = head + &(1..6).map(row).collect::<Vec<_>>().join("\n");
    let read = reading("conn.log", text.as_bytes()).unwrap();
    let found = hosts(&read, &Ours::default()).unwrap();
    let cards: Vec<&str> = found.iter().map(|seen| &*seen.mac).collect();
    assert_eq!(cards, ["00:30:a7:00:00:01", "", "", "", "", ""]);
}

fn files(folder: &Path, names: &[(&str, &[u8])]) -> Vec<LogFile> {
    let write = |(name, bytes): &(&str, &[u8])| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        LogFile::named(*name, path)
    };
    names.iter().map(write).collect()
}

#[test]
fn a_folder_of_logs() {
    let place = tempfile::tempdir().unwrap();
    let good = log(&[GOOD]);
    let weird = "#path\tweird\n#fields\tts\tname\n1772463000.5\tx\n";
    let take = |names: &[(&str, &[u8])], partial: bool| {
        take(&files(place.path(), names), &Ours::default(), (BEGINNING, partial), &Progress::default())
    };
    let both = take(&[("conn.log", good.as_bytes()), ("weird.log", weird.as_bytes())], false)
        .unwrap_or_else(|bad| panic!("{bad:?}"));
    assert_eq!(both.files.iter().map(|file| file.read).collect::<Vec<_>>(), [true, false]);
    assert_eq!((both.names.as_str(), both.hosts.len()), ("conn.log", 2));
    let alone = take(&[("conn.log", good.as_bytes())], false).unwrap_or_else(|bad| panic!("{bad:?}"));
    assert_eq!(alone.digest, both.digest);
    let refused = |names: &[(&str, &[u8])]| -> Refusal { take(names, false).err().expect("refused") };
    assert!(refused(&[("weird.log", weird.as_bytes())]).lines[0].problem.contains("does not read yet"));
    assert!(
        refused(&[("conn.log", good.as_bytes()), ("notes.txt", b"x")]).lines[0]
            .problem
            .contains("not a log by its name")
    );
    let bad = log(&[GOOD, "x\ty", GOOD]);
    assert!(!refused(&[("conn.log", bad.as_bytes())]).unreadable);
    let partly =
        take(&[("conn.log", bad.as_bytes()), ("notes.txt", b"x")], true).unwrap_or_else(|bad| panic!("{bad:?}"));
    assert_eq!((partly.reading.rows, partly.reading.left_out, partly.reading.refused[0].line), (2, 2, 8));
}

/// The shared samples, where they are.
fn samples() -> Option<PathBuf> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/zeek-logs");
    place.is_dir().then_some(place)
}

fn sample(path: &Path) -> Result<Reading, BadLine> {
    let bytes = std::fs::read(path).unwrap();
    reading(&path.file_name().unwrap().to_string_lossy(), &bytes)
}

#[test]
fn real_logs() {
    let Some(place) = samples() else { return };
    let field = sample(&place.join("4sics-151020/conn.log")).unwrap();
    assert_eq!(field.rows, 4_666);
    assert!(hosts(&field, &Ours::default()).unwrap().len() > 5);
    assert_eq!(sample(&place.join("4sics-151020/weird.log")).unwrap().rows, 0);
    for name in [
        "automayt-DNP3-TestDataPart1",
        "automayt-EIP-FirmwareChange",
        "automayt-MODBUS-TestDataPart1",
        "automayt-iec104",
        "automayt-s7comm_reading_plc_status",
    ] {
        assert!(sample(&place.join(name).join("conn.log")).unwrap().rows > 0, "{name}");
    }
    for name in ["known_hosts", "known_services", "software"] {
        let tsv = sample(&place.join(format!("zed-tsv/{name}.log"))).unwrap();
        let json = sample(&place.join(format!("zed-json/{name}.json"))).unwrap();
        assert!(tsv.rows > 100 && json.rows > 100);
        assert_eq!(tsv.span.map(|span| span.0), json.span.map(|span| span.0), "{name}");
        let same = tsv.learned.iter().filter(|(address, _)| json.learned.contains_key(*address));
        assert!(
            same.clone().count() > 10 && same.clone().any(|(address, host)| host.first == json.learned[address].first),
            "{name}"
        );
    }
    for name in ["snmp", "ssh"] {
        assert_eq!(sample(&place.join(format!("zed-json/{name}.json"))).unwrap().rows, 0);
    }
}

#[test]
fn baselines_are_refused_with_their_place() {
    let Some(place) = samples() else { return };
    let mut seen = 0;
    for folder in std::fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path()) {
        let of_icsnpp = folder.file_name().unwrap().to_string_lossy().starts_with("icsnpp");
        for file in
            std::fs::read_dir(&folder).into_iter().flatten().map(|entry| entry.unwrap().path()).filter(|_| of_icsnpp)
        {
            let bad = sample(&file).err().unwrap_or_else(|| panic!("{} was taken", file.display()));
            assert!(bad.line == 1 && bad.whole && bad.problem.contains("BTest"), "{bad}");
            // Without its first line it is refused for what it lacks.
            let text = std::fs::read_to_string(&file).unwrap();
            let rest = text.split_once('\n').unwrap().1;
            let read =
                file.file_name().unwrap().to_string_lossy() == "conn.log" || file.ends_with("s7comm_known_devices.log");
            if read || !text.contains("#fields") {
                let bad = reading(&file.file_name().unwrap().to_string_lossy(), rest.as_bytes()).err().unwrap();
                assert!(bad.line > 0 && (bad.column == "ts" || bad.problem.contains("no #fields")), "{bad}");
            }
            seen += 1;
        }
    }
    assert!(seen > 15);
}
