//! Starting other programs, which only tests do.

use std::path::Path;
use std::process::{Command, Output};

/// Runs a program in a folder and waits.
#[expect(clippy::disallowed_methods, reason = "tests check what other programs say")]
pub fn run(program: &str, arguments: &[&str], folder: &Path) -> Output {
    Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("{program} does not start: {error}"))
}

/// A program that runs beside the test; killed when it is dropped.
pub struct Running(std::process::Child);

impl Running {
    #[expect(clippy::disallowed_methods, reason = "tests run the server they kill")]
    pub fn start(program: &str, arguments: &[&str]) -> Self {
        let quiet = std::process::Stdio::null;
        let child = Command::new(program).args(arguments).stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn();
        Self(child.unwrap_or_else(|error| panic!("{program} does not start: {error}")))
    }

    /// SIGKILL: nothing is said, nothing is flushed.
    pub fn kill(mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port nobody listens on.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// One HTTP request over a new connection; status and body, or none when the server is gone.
pub fn http(port: u16, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Option<(u16, String)> {
    let answer = asked(port, method, path, headers, body)?;
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.split(' ').nth(1)?.parse().ok()?;
    Some((status, text.split_once("\r\n\r\n")?.1.to_owned()))
}

/// The bytes of a file.
pub fn fetched(port: u16, path: &str, headers: &[(&str, &str)]) -> Option<Vec<u8>> {
    let answer = asked(port, "GET", path, headers, "")?;
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(answer[head + 4..].to_vec())
}

fn asked(port: u16, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Option<Vec<u8>> {
    use std::io::Write;
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(std::time::Duration::from_mins(1))).ok()?;
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
    stream.write_all(format!("{head}\r\n{body}").as_bytes()).ok()?;
    read_answer(&mut stream)
}

/// One answer: as long as it says it is, else until the connection ends.
fn read_answer(stream: &mut std::net::TcpStream) -> Option<Vec<u8>> {
    use std::io::Read;
    let (mut answer, mut buffer) = (Vec::new(), [0u8; 16 * 1024]);
    loop {
        let read = stream.read(&mut buffer).ok()?;
        answer.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&answer);
        let Some((head, _)) = text.split_once("\r\n\r\n") else {
            if read == 0 {
                return None;
            }
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        if read == 0 || length.is_some_and(|length| answer.len() >= head.len() + 4 + length) {
            return Some(answer);
        }
    }
}
