//! Logs of protocol parsers, and flows as CSV: what was done inside a flow, who asked, and flows that have no IP.

use std::path::{Path, PathBuf};

use glance::flows::folding::Flows;
use glance::flows::intake::{LogFile, Progress, take};
use glance::flows::reading::log::{open, read};
use glance::flows::reading::{BadLine, Reading};
use glance::flows::rules::{Ours, hosts};
use proptest::prelude::*;

use super::zeek_logs::HEAD;
use crate::support::BEGINNING;

/// A log's text: its path, the fields after the connection's, and rows with the connection first.
fn log(path: &str, fields: &str, rows: &[&str]) -> String {
    let head = format!("#path\t{path}\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\t{fields}\n");
    rows.iter().fold(head, |text, row| text + row + "\n")
}

/// A connection to a device, as rows begin.
fn between(uid: &str, port: u16) -> String {
    format!("1772463009.5\t{uid}\t10.7.1.20\t40000\t10.7.1.11\t{port}")
}

fn together(logs: &[(&str, String)]) -> Result<Reading, BadLine> {
    let mut all = Reading::new(BEGINNING, false);
    for (name, text) in logs {
        read(name, open(text.as_bytes()).unwrap(), &mut all)?;
    }
    all.settle().map_err(|problem| BadLine::of_file("", problem))?;
    Ok(all)
}

/// Source, destination, protocol and port, service, connections, answered, reached, operations.
fn told(flows: &Flows) -> Vec<String> {
    let mut rows: Vec<String> = flows
        .iter()
        .map(|flow| flows.row(flow))
        .map(|row| {
            let (from, to, proto, port) = (row.source, row.destination, row.protocol, row.port);
            let (service, count, answered, reached) = (row.service, row.connections, row.answered, row.reached.word());
            format!("{from} {to} {proto}/{port} [{service}] {count} {answered} {reached} {}", row.operations)
        })
        .collect();
    rows.sort();
    rows
}

fn conn(port: u16, service: &str) -> String {
    format!("{HEAD}1772463000.5\tC1\t10.7.1.20\t40000\t10.7.1.11\t{port}\ttcp\t{service}\t10\t120\tSF\n")
}

#[test]
fn what_was_done_joins_the_flow_that_conn_log_told() {
    let detailed = log(
        "modbus_detailed",
        "tid\tunit\tfunc\tmatched",
        &[
            &format!("{}\t1\t1\tREAD_COILS\tT", between("C1", 502)),
            &format!("{}\t1\t1\tWRITE_SINGLE_COIL\tT", between("C1", 502)),
        ],
    );
    let alone = "10.7.1.20 10.7.1.11 tcp/502 [modbus] 1 1 answered modbus_write";
    for logs in [
        vec![("conn.log", conn(502, "modbus")), ("modbus_detailed.log", detailed.clone())],
        vec![("modbus_detailed.log", detailed.clone()), ("conn.log", conn(502, "modbus"))],
        vec![("modbus_detailed.log", detailed.clone())],
    ] {
        assert_eq!(told(&together(&logs).unwrap().flows), [alone]);
    }
    // The service's name need not be the log's; nothing is counted twice.
    let unnamed = together(&[("conn.log", conn(502, "-")), ("modbus_detailed.log", detailed.clone())]).unwrap();
    assert_eq!(told(&unnamed.flows), ["10.7.1.20 10.7.1.11 tcp/502 [] 1 1 answered modbus_write"]);
    let row = unnamed.flows.row(unnamed.flows.at(0).unwrap());
    assert_eq!((row.first_seen.seconds(), row.last_seen.seconds()), (1_772_463_000, 1_772_463_009));
    // Of two services over the same port, the one that the log names.
    let two = conn(502, "modbus") + "1772463000.5\tC2\t10.7.1.20\t40001\t10.7.1.11\t502\ttcp\t-\t10\t0\tS0\n";
    let two = together(&[("conn.log", two), ("modbus_detailed.log", detailed)]).unwrap();
    let rows = told(&two.flows);
    assert!(rows[0].ends_with("[] 1 0 one_way ") && rows[1].ends_with("answered modbus_write"), "{rows:?}");
}

#[test]
fn protocols_by_themselves() {
    let of = |port: u16, rest: &str| format!("{}\t{rest}", between("C1", port));
    let parties = |orig: &str| match orig {
        "T" => "T\t10.7.1.20\t40000\t10.7.1.11\t9",
        _ => "F\t10.7.1.11\t9\t10.7.1.20\t40000",
    };
    let icsnpp = |fields: &str| format!("is_orig\tsource_h\tsource_p\tdestination_h\tdestination_p\t{fields}");
    for (path, port, fields, rows, known) in [
        (
            "modbus",
            502,
            "func\texception".to_owned(),
            vec!["WRITE_MULTIPLE_COILS\t-".to_owned()],
            "tcp/502 [modbus] 1 1 answered modbus_write",
        ),
        (
            "modbus",
            502,
            "func\tpdu_type\texception".to_owned(),
            vec!["DIAGNOSTICS\tREQ\t-".to_owned()],
            "tcp/502 [modbus] 1 0 one_way modbus_diagnostics",
        ),
        (
            "modbus_mask_write_register",
            502,
            icsnpp("func\trequest_response"),
            vec![
                format!("{}\tMASK_WRITE_REGISTER\tREQUEST", parties("T")),
                format!("{}\tMASK_WRITE_REGISTER\tRESPONSE", parties("F")),
            ],
            "tcp/502 [modbus] 1 1 answered modbus_write",
        ),
        (
            "dnp3",
            20000,
            "fc_request\tfc_reply\tiin".to_owned(),
            vec!["COLD_RESTART\tRESPONSE\t0".to_owned(), "READ\t-\t-".to_owned()],
            "tcp/20000 [dnp3] 1 1 answered dnp3_restart",
        ),
        (
            "dnp3_control",
            20000,
            icsnpp("block_type\tfunction_code"),
            vec![
                format!("{}\tCROB\tSELECT", parties("T")),
                format!("{}\tCROB\tDIRECT_OPERATE", parties("T")),
                format!("{}\tCROB\tRESPONSE", parties("F")),
            ],
            "tcp/20000 [dnp3] 1 1 answered dnp3_operate",
        ),
        (
            "enip",
            44818,
            icsnpp("enip_command"),
            vec![format!("{}\tSend RR Data", parties("F"))],
            "tcp/44818 [enip] 1 1 answered ",
        ),
        (
            "cip_io",
            2222,
            icsnpp("connection_id"),
            vec![format!("{}\t0x1", parties("T"))],
            "udp/2222 [cip_io] 1 0 one_way ",
        ),
        (
            "cip",
            44818,
            icsnpp("direction\tcip_service_code\tcip_service\tclass_id"),
            vec![
                format!("{}\trequest\t0x07\tStop\t0x8e", parties("T")),
                format!("{}\tresponse\t0x07\tStop\t-", parties("F")),
                format!("{}\trequest\t0x50\tunknown\t0x37", parties("T")),
            ],
            "tcp/44818 [cip] 1 1 answered cip_stop;cip_firmware",
        ),
        (
            "bacnet_device_control",
            47808,
            icsnpp("pdu_service\tresult"),
            vec![
                format!("{}\treinitialize_device\t-", parties("T")),
                format!("{}\treinitialize_device\tSuccess", parties("F")),
            ],
            "udp/47808 [bacnet] 1 1 answered bacnet_reinitialize",
        ),
        (
            "bacnet_property",
            47808,
            icsnpp("pdu_service"),
            vec![format!("{}\twrite-property-request", parties("T"))],
            "udp/47808 [bacnet] 1 0 one_way bacnet_write",
        ),
        (
            "s7comm",
            102,
            icsnpp("rosctr_name\tfunction_name\tsubfunction_code\tsubfunction_name"),
            vec![
                format!("{}\tJob-Request\tPLC Stop\t-\t-", parties("T")),
                format!("{}\tACK-Data\tPLC Stop\t-\t-", parties("F")),
                format!("{}\tJob-Request\tPLC Control\tP_PROGRAM\tPLC Start / Stop", parties("T")),
            ],
            "tcp/102 [s7comm] 1 1 answered s7_start;s7_stop",
        ),
        (
            "s7comm_upload_download",
            102,
            icsnpp("rosctr\tfunction_name"),
            vec![
                format!("{}\tJob-Request\tRequest Download", parties("T")),
                format!("{}\tJob-Request\tDownload Block", parties("F")),
            ],
            "tcp/102 [s7comm] 1 1 answered s7_download",
        ),
        (
            "opcua_binary_opensecure_channel",
            4840,
            icsnpp("message_security_mode\tserver_proto_ver"),
            vec![format!("{}\t1\t-", parties("T")), format!("{}\t-\t0", parties("F"))],
            "tcp/4840 [opcua_binary] 1 1 answered opcua_none",
        ),
        (
            "opcua_binary_activate_session",
            4840,
            icsnpp("ext_obj_type_id_str"),
            vec![format!("{}\tAnonymousIdentityToken_Encoding_DefaultBinary", parties("T"))],
            "tcp/4840 [opcua_binary] 1 0 one_way opcua_anonymous",
        ),
        (
            "opcua_binary_browse",
            4840,
            icsnpp("x"),
            vec![format!("{}\t-", parties("F"))],
            "tcp/4840 [opcua_binary] 1 1 answered ",
        ),
        (
            "synchrophasor",
            4713,
            "proto\tdata_frame_count".to_owned(),
            vec!["udp\t7".to_owned()],
            "udp/4713 [synchrophasor] 1 1 answered ",
        ),
        (
            "synchrophasor_cmd",
            4712,
            "command".to_owned(),
            vec!["x".to_owned()],
            "tcp/4712 [synchrophasor] 1 0 one_way ",
        ),
        (
            "genisys",
            10001,
            "proto\theader\tdirection".to_owned(),
            vec!["tcp\tx\tresponse".to_owned()],
            "tcp/10001 [genisys] 1 1 answered ",
        ),
        ("hart_ip_general", 5094, "proto".to_owned(), vec!["udp".to_owned()], "udp/5094 [hart_ip] 1 0 one_way "),
        ("bsap_ip_header", 1234, "num_msg".to_owned(), vec!["1".to_owned()], "udp/1234 [bsap] 1 0 one_way "),
        ("c1222", 1153, "proto".to_owned(), vec!["tcp".to_owned()], "tcp/1153 [c1222] 1 0 one_way "),
        (
            "ge_srtp_general",
            18245,
            "proto\tsrtp_type".to_owned(),
            vec!["tcp\tReply (0x03)".to_owned()],
            "tcp/18245 [ge_srtp] 1 1 answered ",
        ),
        ("roc_plus_general", 4000, "proto".to_owned(), vec!["tcp".to_owned()], "tcp/4000 [roc_plus] 1 0 one_way "),
        (
            "omron_fins_general",
            9600,
            "proto\ticf_data_type".to_owned(),
            vec!["udp\tResponse".to_owned()],
            "udp/9600 [omron_fins] 1 1 answered ",
        ),
        (
            "profinet_io_cm",
            34964,
            "source_h\tproto\tpacket_type".to_owned(),
            vec!["10.7.1.20\tudp\tRequest".to_owned()],
            "udp/34964 [profinet_io_cm] 1 0 one_way ",
        ),
    ] {
        let rows: Vec<String> = rows.iter().map(|rest| of(port, rest)).collect();
        let text = log(path, &fields, &rows.iter().map(String::as_str).collect::<Vec<_>>());
        let read = together(&[("any.log", text)]).unwrap_or_else(|bad| panic!("{path}: {bad}"));
        assert_eq!(told(&read.flows), [format!("10.7.1.20 10.7.1.11 {known}")], "{path}");
    }
}

#[test]
fn who_asked_is_who_sent_the_request() {
    let fields = "is_orig\tsource_h\tsource_p\tdestination_h\tdestination_p\tpdu_type\tpdu_service";
    let peers = "1772463009.5\tC1\t10.7.1.20\t47808\t10.7.1.11\t47808";
    let text = log(
        "bacnet",
        fields,
        &[
            &format!("{peers}\tT\t10.7.1.20\t47808\t10.7.1.11\t47808\tUNCONFIRMED_REQUEST\twho_is"),
            &format!("{peers}\tF\t10.7.1.11\t47808\t10.7.1.20\t47808\tCONFIRMED_REQUEST\twrite_property"),
            &format!("{peers}\tT\t10.7.1.20\t47808\t10.7.1.11\t47808\tSIMPLE_ACK\twrite_property"),
        ],
    );
    let read = together(&[("bacnet.log", text)]).unwrap();
    assert_eq!(
        told(&read.flows),
        [
            "10.7.1.11 10.7.1.20 udp/47808 [bacnet] 1 1 answered bacnet_write",
            "10.7.1.20 10.7.1.11 udp/47808 [bacnet] 1 1 answered "
        ]
    );
}

#[test]
fn connections_are_distinct_uids_and_json_is_the_same() {
    let row = |uid: &str, func: &str| format!("{}\t{func}\tREQ\t-", between(uid, 502));
    let rows = [row("C1", "READ_COILS"), row("C2", "WRITE_SINGLE_COIL"), row("C1", "READ_COILS")];
    let tsv = log("modbus", "func\tpdu_type\texception", &rows.iter().map(String::as_str).collect::<Vec<_>>());
    let object = |uid: &str, func: &str| {
        format!(
            "{{\"_path\":\"modbus\",\"ts\":1772463009.5,\"uid\":\"{uid}\",\"id.orig_h\":\"10.7.1.20\",\"id.orig_p\":40000,\
             \"id.resp_h\":\"10.7.1.11\",\"id.resp_p\":502,\"func\":\"{func}\",\"pdu_type\":\"REQ\"}}\n"
        )
    };
    let json = [object("C1", "READ_COILS"), object("C2", "WRITE_SINGLE_COIL"), object("C1", "READ_COILS")].concat();
    let known = ["10.7.1.20 10.7.1.11 tcp/502 [modbus] 2 0 one_way modbus_write"];
    assert_eq!(told(&together(&[("modbus.log", tsv)]).unwrap().flows), known);
    assert_eq!(told(&together(&[("data.json", json)]).unwrap().flows), known);
    let browse = "{\"_path\":\"opcua_binary_browse\",\"ts\":1772463009.5,\"uid\":\"C1\",\"id.orig_h\":\"10.7.1.20\",\"id.resp_h\":\"10.7.1.11\",\
                  \"id.resp_p\":4840,\"is_orig\":true}\n";
    let read = together(&[("data.json", browse.repeat(3))]).unwrap();
    assert_eq!(
        (read.rows, told(&read.flows)[0].as_str()),
        (3, "10.7.1.20 10.7.1.11 tcp/4840 [opcua_binary] 1 0 one_way ")
    );
}

#[test]
fn logs_that_name_no_connection_are_listed() {
    let details = "#path\tbsap_ip_rdb\n#fields\tts\tuid\tdata\n1772463009.5\tC1\tx\n";
    let json = "{\"_path\":\"bsap_ip_rdb\",\"ts\":1772463009.5,\"uid\":\"C1\"}\n";
    for (name, text) in [("bsap_ip_rdb.log", details), ("bsap_ip_rdb.json", json)] {
        let mut reading = Reading::new(BEGINNING, false);
        let file = read(name, open(text.as_bytes()).unwrap(), &mut reading).unwrap();
        assert_eq!((file.read, reading.rows), (false, 0), "{name}");
    }
    let lacking = "#path\tdnp3\n#fields\tts\tuid\tfc_request\n";
    assert!(together(&[("dnp3.log", lacking.to_owned())]).is_err_and(|bad| bad.value == "id.orig_h"));
    for (cell, column) in [
        ("nowhere", "id.orig_h"),
        ("10.7.1.1\tx\t10.7.1.2\t502", "id.orig_p"),
        ("10.7.1.1\t-\t10.7.1.2\t70000", "id.resp_p"),
    ] {
        let row = format!("1772463009.5\tC1\t{cell}");
        let cells = row.split('\t').count();
        let row = row + &"\t-".repeat(8 - cells);
        let bad = together(&[("dnp3.log", log("dnp3", "fc_request\tfc_reply", &[&row]))]).err().unwrap();
        assert_eq!((&*bad.column, bad.line), (column, 3), "{bad}");
    }
}

#[test]
fn phasor_units_tell_their_stations() {
    let fields = "proto\tframe_type\tpmu_idx\tstation_name";
    let row = |name: &str| format!("{}\ttcp\tCFG2\t1\t{name}", between("C1", 4712));
    let udp = format!("{}\tudp\tCFG2\t1\tUNKNOWN WHOSE", between("C2", 4713));
    let text =
        log("synchrophasor_cfg_detail", fields, &[&row("STATION B"), &row("STATION A"), &row("STATION B"), &udp]);
    let read = together(&[("synchrophasor_cfg_detail.log", text)]).unwrap();
    let found = hosts(&read, &Ours::default()).unwrap();
    assert_eq!((found.len(), &*found[0].address, &*found[0].name), (1, "10.7.1.11", "STATION A, STATION B"));
}

const CSV: &str = "first_seen_epoch,last_seen_epoch,src_mac,dst_mac,src_ip,src_port,dst_ip,dst_port,proto,app_protocols,orig_pkts,resp_pkts,orig_bytes,resp_bytes\n";

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
fn udp_that_nobody_answers_is_one_way() {
    for state in ["S0", "OTH", "SHR", "-"] {
        let text = format!("{HEAD}1772463000.5\tC1\t10.7.1.20\t40000\t10.7.1.11\t161\tudp\tsnmp\t10\t0\t{state}\n");
        assert_eq!(
            told(&together(&[("conn.log", text)]).unwrap().flows),
            ["10.7.1.20 10.7.1.11 udp/161 [snmp] 1 0 one_way "],
            "{state}"
        );
    }
}

fn found(folder: &Path, names: &[(&str, &[u8])]) -> Vec<LogFile> {
    let write = |(name, bytes): &(&str, &[u8])| {
        let path = folder.join(name.replace('/', "_"));
        std::fs::write(&path, bytes).unwrap();
        LogFile { name: (*name).to_owned(), path, found: true }
    };
    names.iter().map(write).collect()
}

#[test]
fn one_bad_file_of_a_folder_is_left_out_whole() {
    let place = tempfile::tempdir().unwrap();
    let row = |n: u32| format!("1772463000.5\tC1\t10.7.1.{n}\t40000\t10.7.1.11\t502\ttcp\tmodbus\t10\t120\tSF\n");
    let names: Vec<String> = (0..200).map(|n| format!("day/conn.{n:04}.log")).collect();
    let texts: Vec<String> = (0..200).map(|n| format!("{HEAD}{}{}", row(n + 20), row(n + 20))).collect();
    let mut all: Vec<(&str, &[u8])> =
        names.iter().map(String::as_str).zip(texts.iter().map(String::as_bytes)).collect();
    let bad = format!("{HEAD}{}{}", row(1), row(2).replace("10.7.1.11", "10.7.1"));
    all[70] = ("day/conn.0070.log", bad.as_bytes());
    let intake = take(&found(place.path(), &all), &Ours::default(), (BEGINNING, false), &Progress::default());
    let intake = intake.unwrap_or_else(|refusal| panic!("{refusal:?}"));
    assert_eq!(
        (intake.reading.rows, intake.reading.flows.len(), intake.reading.left_out, intake.read.len()),
        (398, 199, 1, 199)
    );
    let told = &intake.reading.refused[0];
    assert_eq!((&*told.file, told.line, &*told.column, &*told.value), ("day/conn.0070.log", 8, "id.resp_h", "10.7.1"));
    let without: Vec<(&str, &[u8])> = all.iter().copied().filter(|(name, _)| *name != "day/conn.0070.log").collect();
    let clean = take(&found(place.path(), &without), &Ours::default(), (BEGINNING, false), &Progress::default());
    assert_eq!(clean.unwrap_or_else(|refusal| panic!("{refusal:?}")).digest, intake.digest);
    // Named by hand, one bad file refuses all.
    let named: Vec<LogFile> =
        found(place.path(), &all).into_iter().map(|file| LogFile { found: false, ..file }).collect();
    assert!(take(&named, &Ours::default(), (BEGINNING, false), &Progress::default()).is_err());
    let only = take(&found(place.path(), &all[70..71]), &Ours::default(), (BEGINNING, false), &Progress::default());
    assert!(only.is_err_and(|refusal| refusal.lines.len() == 1 && refusal.lines[0].line == 8));
}

/// A row of one of four logs, told apart by its kind.
fn any_row() -> impl Strategy<Value = (usize, String)> {
    let pieces = (0usize..4, 0i64..40, 1u8..4, 1u8..4, 0usize..2, 0usize..4);
    pieces.prop_map(|(kind, at, from, to, port, word)| {
        let (port, ts) = ([502, 20000][port], 1_772_463_000 + at);
        let ends = format!("{ts}.5\tC{from}{to}{port}\t10.7.1.{from}\t40000\t10.7.2.{to}\t{port}");
        let row = match kind {
            0 => format!("{ends}\ttcp\t{}\t10\t{word}\tSF", ["-", "modbus", "dnp3_tcp", "modbus,ssl"][word]),
            1 => format!(
                "{ends}\t{}\t{}",
                ["READ_COILS", "WRITE_SINGLE_COIL", "DIAGNOSTICS", "-"][word],
                ["REQ", "RESP"][word % 2]
            ),
            2 => format!("{ends}\t{}\t-", ["READ", "OPERATE", "COLD_RESTART", "-"][word]),
            _ => format!("{ends}\tname {word}\tserial {}", word % 2),
        };
        (kind, row)
    })
}

fn files_of(all: &[(usize, String)]) -> Vec<(&'static str, String)> {
    let rows = |kind: usize| all.iter().filter(|(of, _)| *of == kind).map(|(_, row)| row.as_str()).collect::<Vec<_>>();
    vec![
        ("conn.log", format!("{HEAD}{}\n", rows(0).join("\n"))),
        ("modbus.log", log("modbus", "func\tpdu_type", &rows(1))),
        ("dnp3.log", log("dnp3", "fc_request\tfc_reply", &rows(2))),
        ("s7comm_known_devices.log", log("s7comm_known_devices", "automation_system_name\tmodule_serial", &rows(3))),
    ]
}

proptest! {
    #[test]
    fn the_order_of_rows_and_files_changes_nothing(all in proptest::collection::vec(any_row(), 1..40), turn in 0usize..4, cut in 0usize..40) {
        let said = |reading: &Reading| (told(&reading.flows), format!("{:?}", hosts(reading, &Ours::default())));
        let forward = together(&files_of(&all)).unwrap();
        let backward: Vec<(usize, String)> = all.iter().rev().cloned().collect();
        let mut files = files_of(&backward);
        files.rotate_left(turn);
        prop_assert_eq!(said(&forward), said(&together(&files).unwrap()));
        // Each file read apart and joined, and the rows spread over twice as many files.
        let (one, two) = all.split_at(cut.min(all.len()));
        let mut joined = Reading::new(BEGINNING, false);
        for (name, text) in files_of(two).into_iter().chain(files_of(one)) {
            let mut apart = joined.apart();
            read(name, open(text.as_bytes()).unwrap(), &mut apart).unwrap();
            joined.absorb(apart).unwrap();
        }
        joined.settle().unwrap();
        prop_assert_eq!(said(&forward), said(&joined));
        prop_assert_eq!(forward.whole_span(), joined.whole_span());
    }

    #[test]
    fn any_cells_are_read_or_refused(cells in proptest::collection::vec("[ -~\u{e6}]{0,12}|10\\.7\\.1\\.1|502|T|F", 16), at in 0u8..40) {
        let kind = glance::flows::reading::logs::LogKind::Protocol(at);
        let columns: Vec<&str> = kind.columns().iter().copied().filter(|name| !name.is_empty()).collect();
        let row: Vec<&str> = std::iter::once("1772463000.5").chain(cells.iter().map(String::as_str)).take(columns.len()).collect();
        let text = format!("#path\t{}\n#fields\t{}\n{}\n", kind.path(), columns.join("\t"), row.join("\t"));
        if let Ok(read) = together(&[("any.log", text)]) {
            let _ = hosts(&read, &Ours::default());
        }
        let _ = together(&[("any.csv", format!("{CSV}{}\n", cells.join(",")))]);
    }
}

/// The shared samples, where they are.
fn samples(folder: &str) -> Option<PathBuf> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(folder);
    place.is_dir().then_some(place)
}

fn sample(path: &Path) -> Result<Reading, BadLine> {
    let mut reading = Reading::new(BEGINNING, false);
    let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
    read(&path.file_name().unwrap().to_string_lossy(), open(file).unwrap(), &mut reading)?;
    reading.settle().unwrap();
    Ok(reading)
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

#[test]
fn real_protocol_logs() {
    let Some(place) = samples("zeek-logs") else { return };
    for (log, least) in [
        ("automayt-MODBUS-TestDataPart1/modbus.log", 1),
        ("automayt-DNP3-TestDataPart1/dnp3.log", 1),
        ("zed-tsv/modbus.log", 1),
        ("zed-json/modbus.json", 1),
    ] {
        let read = sample(&place.join(log)).unwrap_or_else(|bad| panic!("{bad}"));
        assert!(read.rows > 10 && read.flows.len() >= least, "{log}");
    }
}
