//! Flows as CSV and logs of frames: flows that have no IP, and what is refused.

use glance::flows::rules::{Ours, hosts};

use super::protocol_logs::{sample, samples, together, told};

pub const CSV: &str = "first_seen_epoch,last_seen_epoch,src_mac,dst_mac,src_ip,src_port,dst_ip,dst_port,proto,app_protocols,orig_pkts,resp_pkts,orig_bytes,resp_bytes\n";

#[test]
fn flows_as_csv_with_layer_two() {
    let rows = "1772463000.500000000,1772463009.500000000,00:30:a7:00:00:01,00:30:a7:00:00:02,10.7.1.11,2404,10.7.1.20,1075,tcp,TCP;IEC 60870-5-104,86,86,5799,5118\n\
        1772463001.0,1772463001.0,00:30:a7:00:00:01,ff:ff:ff:ff:ff:ff,10.7.1.11,138,10.7.1.255,138,udp,BROWSER,1,0,243,0\n\
        1772463002.0,1772463008.0,0a:bb:fe:10:c9:06,01:0c:cd:01:00:00,,,,,eth:0x88b8,GOOSE,32,0,7680,0\n\
        1772463003.0,1772463003.0,00:30:a7:00:00:02,01:80:c2:00:00:00,,,,,eth:,STP,6,0,360,0\n\
        1772463004.0,1772463004.0,-,-,10.7.1.20,,10.7.1.11,,icmp,ICMP,1,1,60,60\n";
    let known = [
        "00:30:a7:00:00:02 01:80:c2:00:00:00 ethernet/0 [stp] 1 0 one_way ",
        "0a:bb:fe:10:c9:06 01:0c:cd:01:00:00 ethernet/35000 [goose] 1 0 one_way ",
        "10.7.1.11 10.7.1.20 tcp/1075 [iec-104] 1 1 answered ",
        "10.7.1.11 10.7.1.255 udp/138 [browser] 1 0 one_way ",
        "10.7.1.20 10.7.1.11 icmp/0 [] 1 1 answered ",
    ];
    let text = format!("{CSV}{}", rows.replace(",-,-,", ",,,"));
    let quoted = text.replace("STP", "\"STP\"").replace(CSV, &format!("\u{feff}{CSV}")).replace('\n', "\r\n");
    for (name, text) in [("station.flows.csv", text.clone()), ("export.log", text), ("quoted.csv", quoted)] {
        let read = together(&[(name, text)]).unwrap_or_else(|bad| panic!("{name}: {bad}"));
        assert_eq!(told(&read.flows), known, "{name}");
        assert!(read.flows.iter().all(|flow| read.flows.row(flow).initiator.word() == "unknown"));
        // The publisher without an address is a host; the bridge is the host whose card it is, and groups are none.
        let found: Vec<(String, String)> =
            hosts(&read, &Ours::default()).unwrap().into_iter().map(|seen| (seen.address, seen.mac)).collect();
        let host = |address: &str, mac: &str| (address.to_owned(), mac.to_owned());
        let known = [
            host("10.7.1.11", "00:30:a7:00:00:01"),
            host("10.7.1.20", "00:30:a7:00:00:02"),
            host("0a:bb:fe:10:c9:06", "0a:bb:fe:10:c9:06"),
        ];
        assert_eq!(found, known, "{name}");
    }
}

#[test]
fn csv_that_is_refused() {
    let good = "1772463000.5,1772463009.5,,,10.7.1.11,2404,10.7.1.20,1075,tcp,TCP,1,1,1,1";
    let cell = |at: usize, value: &str| {
        let mut cells: Vec<&str> = good.split(',').collect();
        cells[at] = value;
        format!("{CSV}{good}\n{}\n", cells.join(","))
    };
    for (text, line, column, said) in [
        (CSV.replace("dst_port,", ""), 1, "#fields", "a CSV of flows has it"),
        ("a,b\n".to_owned(), 1, "#fields", "the column is missing"),
        (cell(0, "yesterday"), 3, "first_seen_epoch", "not a moment"),
        (cell(1, "1772462000.5"), 3, "last_seen_epoch", "before first_seen_epoch"),
        (cell(2, "00:30"), 3, "src_mac", "not a MAC"),
        (cell(4, ""), 3, "src_ip", "not an IP address"),
        (cell(5, "70000"), 3, "src_port", "over 65535"),
        (cell(7, ""), 3, "dst_port", "not a port"),
        (cell(8, ""), 3, "proto", "no protocol"),
        (cell(8, "eth:0x88b8"), 3, "src_mac", "not a MAC"),
        (cell(10, "-3"), 3, "orig_pkts", "not a whole number"),
        (format!("{CSV}{good},x\n"), 2, "", "15 values for 14 columns"),
        (format!("{CSV}1772463000.5\n"), 2, "", "1 values for 14 columns"),
    ] {
        let bad = together(&[("flows.csv", text)]).err().unwrap_or_else(|| panic!("{said}: taken"));
        assert_eq!((bad.line, &*bad.column), (line, column), "{bad}");
        assert!(bad.problem.contains(said), "{bad}");
    }
    let mac = format!("{CSV}1772463000.5,,x,01:0c:cd:01:00:00,,,,,eth:0x88b8,,1,0,1,0\n");
    assert!(together(&[("flows.csv", mac)]).is_err_and(|bad| bad.column == "src_mac"));
    let ether = format!("{CSV}1772463000.5,,00:30:a7:00:00:01,01:0c:cd:01:00:00,,,,,eth:goose,,1,0,1,0\n");
    assert!(together(&[("flows.csv", ether)]).is_err_and(|bad| bad.problem.contains("EtherType")));
}

#[test]
fn goose_and_ethercat_logs() {
    let goose = "#path\tgoose\n#fields\tts\tsrc_mac\tdst_mac\teth_type\tappid\tgocb_ref\n\
                 1772463000.5\t0a:bb:fe:10:c9:06\t01:0c:cd:01:00:00\t0x88b8\t0x0001\tIED1LD0/LLN0$GO$gcb1\n\
                 1772463001.5\t0a:bb:fe:10:c9:06\t01:0c:cd:01:00:00\t0x88b8\t0x0001\tIED1LD0/LLN0$GO$gcb1\n";
    let ecat = "#path\tecat_registers\n#fields\tts\tsrcmac\tdstmac\tCommand\n1772463000.5\t00:01:05:00:00:01\tff:ff:ff:ff:ff:ff\tAPRD\n";
    let read = together(&[("goose.log", goose.to_owned()), ("ecat_registers.log", ecat.to_owned())]).unwrap();
    assert_eq!(
        told(&read.flows),
        [
            "00:01:05:00:00:01 ff:ff:ff:ff:ff:ff ethernet/34980 [ethercat] 1 0 one_way ",
            "0a:bb:fe:10:c9:06 01:0c:cd:01:00:00 ethernet/35000 [goose] 1 0 one_way "
        ]
    );
}

#[test]
fn real_captures_as_csv() {
    let Some(place) = samples("flows-from-pcap") else { return };
    let goose = sample(&place.join("ITI_Sample_File_MMS_and_GOOSE.flows.csv")).unwrap();
    assert_eq!(told(&goose.flows).iter().filter(|row| row.contains("ethernet/35000 [goose]")).count(), 3);
    for file in std::fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_some_and(|end| end == "csv") {
            assert!(sample(&file).unwrap_or_else(|bad| panic!("{bad}")).rows > 0);
        }
    }
}
