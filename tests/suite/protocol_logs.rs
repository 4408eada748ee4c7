//! Logs of protocol parsers: what was done inside a flow, and who asked.

use std::path::{Path, PathBuf};

use glance::flows::folding::Flows;
use glance::flows::reading::log::{open, read};
use glance::flows::reading::{BadLine, Reading};
use glance::flows::rules::{Ours, hosts};

use super::zeek_logs::HEAD;
use crate::support::BEGINNING;

/// A log's text: its path, the fields after the connection's, and rows with the connection first.
pub fn log(path: &str, fields: &str, rows: &[&str]) -> String {
    let head = format!("#path\t{path}\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\t{fields}\n");
    rows.iter().fold(head, |text, row| text + row + "\n")
}

/// A connection to a device, as rows begin.
fn between(uid: &str, port: u16) -> String {
    format!("1772463009.5\t{uid}\t10.7.1.20\t40000\t10.7.1.11\t{port}")
}

pub fn together(logs: &[(&str, String)]) -> Result<Reading, BadLine> {
    let mut all = Reading::new(BEGINNING, false);
    for (name, text) in logs {
        read(name, open(text.as_bytes()).unwrap(), &mut all)?;
    }
    all.settle().map_err(|problem| BadLine::of_file("", problem))?;
    Ok(all)
}

/// Source, destination, protocol and port, service, connections, answered, reached, operations.
pub fn told(flows: &Flows) -> Vec<String> {
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

/// A log, its port, its fields after the connection's (`+` for the five that ICSNPP puts first), rows, and the flow they make.
const SPOKEN: &str = "\
modbus|502|func,exception|WRITE_MULTIPLE_COILS,-|tcp/502 [modbus] 1 1 answered modbus_write
modbus|502|func,pdu_type,exception|DIAGNOSTICS,REQ,-|tcp/502 [modbus] 1 0 one_way modbus_diagnostics
modbus_mask_write_register|502|+func,request_response|T,MASK_WRITE_REGISTER,REQUEST;F,MASK_WRITE_REGISTER,RESPONSE|tcp/502 [modbus] 1 1 answered modbus_write
modbus_read_write_multiple_registers|502|+func,request_response|T,READ_WRITE_MULTIPLE_REGISTERS,REQUEST|tcp/502 [modbus] 1 0 one_way modbus_write
dnp3|20000|fc_request,fc_reply,iin|COLD_RESTART,RESPONSE,0;READ,-,-|tcp/20000 [dnp3] 1 1 answered dnp3_restart
dnp3_control|20000|+block_type,function_code|T,CROB,SELECT;T,CROB,DIRECT_OPERATE;F,CROB,RESPONSE|tcp/20000 [dnp3] 1 1 answered dnp3_operate
dnp3_objects|20000|+function_code,object_type|T,READ,x;F,RESPONSE,x|tcp/20000 [dnp3] 1 1 answered\x20
enip|44818|+enip_command|F,Send RR Data|tcp/44818 [enip] 1 1 answered\x20
cip_io|2222|+connection_id|T,0x1|udp/2222 [cip_io] 1 0 one_way\x20
cip|44818|+direction,cip_service_code,cip_service,class_id|T,request,0x07,Stop,0x8e;F,response,0x07,Stop,-;T,request,0x50,unknown,0x37|tcp/44818 [cip] 1 1 answered cip_stop;cip_firmware
bacnet_device_control|47808|+pdu_service,result|T,reinitialize_device,-;F,reinitialize_device,Success|udp/47808 [bacnet] 1 1 answered bacnet_reinitialize
bacnet_property|47808|+pdu_service|T,write-property-request|udp/47808 [bacnet] 1 0 one_way bacnet_write
s7comm|102|+rosctr_name,function_name,subfunction_code,subfunction_name|T,Job-Request,PLC Stop,-,-;F,ACK-Data,PLC Stop,-,-;T,Job-Request,PLC Control,P_PROGRAM,PLC Start / Stop|tcp/102 [s7comm] 1 1 answered s7_start;s7_stop
s7comm_upload_download|102|+rosctr,function_name|T,Job-Request,Request Download;F,Job-Request,Download Block|tcp/102 [s7comm] 1 1 answered s7_download
s7comm_read_szl|102|+method|T,Request;F,Response|tcp/102 [s7comm] 1 1 answered\x20
s7comm_plus|102|+opcode_name,function_name|T,Request,Set Multi Variables|tcp/102 [s7comm_plus] 1 0 one_way s7_write
cotp|102|+pdu_name|F,CC Connection Confirm|tcp/102 [cotp] 1 1 answered\x20
opcua_binary|4840|+sec_policy_uri|T,http://opcfoundation.org/UA/SecurityPolicy#None|tcp/4840 [opcua_binary] 1 0 one_way opcua_none
opcua_binary_opensecure_channel|4840|+message_security_mode,server_proto_ver|T,1,-;F,-,0|tcp/4840 [opcua_binary] 1 1 answered opcua_none
opcua_binary_activate_session|4840|+ext_obj_type_id_str|T,AnonymousIdentityToken_Encoding_DefaultBinary|tcp/4840 [opcua_binary] 1 0 one_way opcua_anonymous
opcua_binary_browse|4840|+x|F,-|tcp/4840 [opcua_binary] 1 1 answered\x20
synchrophasor|4713|proto,data_frame_count|udp,7|udp/4713 [synchrophasor] 1 1 answered\x20
synchrophasor_cmd|4712|command|x|tcp/4712 [synchrophasor] 1 0 one_way\x20
genisys|10001|proto,header,direction|tcp,x,response|tcp/10001 [genisys] 1 1 answered\x20
hart_ip_general|5094|proto|udp|udp/5094 [hart_ip] 1 0 one_way\x20
bsap_ip_header|1234|num_msg|1|udp/1234 [bsap] 1 0 one_way\x20
c1222|1153|proto|tcp|tcp/1153 [c1222] 1 0 one_way\x20
ge_srtp_general|18245|proto,srtp_type|tcp,Reply (0x03)|tcp/18245 [ge_srtp] 1 1 answered\x20
roc_plus_general|4000|proto|tcp|tcp/4000 [roc_plus] 1 0 one_way\x20
omron_fins_general|9600|proto,icf_data_type|udp,Response|udp/9600 [omron_fins] 1 1 answered\x20
profinet_io_cm|34964|source_h,proto,packet_type|10.7.1.20,udp,Request|udp/34964 [profinet_io_cm] 1 0 one_way\x20";

#[test]
fn protocols_by_themselves() {
    for line in SPOKEN.lines() {
        let parts: Vec<&str> = line.split('|').collect();
        let [path, port, fields, rows, known] = parts[..] else { panic!("{line}") };
        let (port, icsnpp) = (port.parse().unwrap(), fields.starts_with('+'));
        let fields = fields.replace('+', "is_orig,source_h,source_p,destination_h,destination_p,").replace(',', "\t");
        let row = |cells: &str| {
            let cells = match cells.split_once(',') {
                Some(("T", rest)) if icsnpp => format!("T,10.7.1.20,40000,10.7.1.11,{port},{rest}"),
                Some(("F", rest)) if icsnpp => format!("F,10.7.1.11,{port},10.7.1.20,40000,{rest}"),
                _ => cells.to_owned(),
            };
            format!("{}\t{}", between("C1", port), cells.replace(',', "\t"))
        };
        let rows: Vec<String> = rows.split(';').map(row).collect();
        let text = log(path, &fields, &rows.iter().map(String::as_str).collect::<Vec<_>>());
        let read = together(&[("any.log", text)]).unwrap_or_else(|bad| panic!("{path}: {bad}"));
        assert_eq!(told(&read.flows), [format!("10.7.1.20 10.7.1.11 {known}")], "{line}");
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
    assert_eq!(told(&together(&[("data.json", json.clone())]).unwrap().flows), known);
    // A stream that holds many logs: rows of those that are not read stand beside the others.
    let stream = format!("{{\"_path\":\"snmp\",\"ts\":1}}\n{json}{{\"_path\":\"bsap_ip_rdb\",\"ts\":1}}\n{json}");
    let read = together(&[("stream.json", stream)]).unwrap();
    assert_eq!((read.rows, told(&read.flows)), (6, known.map(str::to_owned).to_vec()));
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

/// The shared samples, where they are.
pub fn samples(folder: &str) -> Option<PathBuf> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(folder);
    place.is_dir().then_some(place)
}

pub fn sample(path: &Path) -> Result<Reading, BadLine> {
    let mut reading = Reading::new(BEGINNING, false);
    let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
    read(&path.file_name().unwrap().to_string_lossy(), open(file).unwrap(), &mut reading)?;
    reading.settle().unwrap();
    Ok(reading)
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
