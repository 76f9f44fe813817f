//! `barometre serve`, on a port of its own, with what it logs.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::command::{barometre, workspace};
use crate::http::Http;

/// How long a server may take to say where it listens: migrations and a machine with other work included.
const START: Duration = Duration::from_mins(1);

/// What stands before the port in the line that says where the server listens.
const ADDRESS: &str = "http://127.0.0.1:";

/// A running server; killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    port: u16,
    log: Arc<Mutex<String>>,
    data: PathBuf,
    /// The folder to erase with the server.
    own: Option<TempDir>,
}

impl Server {
    /// Starts a server on a new data directory, erased with the server.
    ///
    /// # Panics
    /// When the binary is missing or does not start.
    #[must_use]
    pub fn start() -> Self {
        let own = tempfile::tempdir().expect("a temporary folder can be made");
        let data = own.path().join("data");
        let mut server = Self::start_in(&data);
        server.own = Some(own);
        server
    }

    /// Starts a server on a data directory, which it creates if need be and which stays.
    ///
    /// # Panics
    /// When the binary is missing or does not start.
    #[must_use]
    pub fn start_in(data: &Path) -> Self {
        Self::start_on(data, &workspace().join("surveys"))
    }

    /// Starts a server on a data directory, with definitions of one's own.
    ///
    /// # Panics
    /// When the binary is missing or does not start.
    #[must_use]
    pub fn start_on(data: &Path, surveys: &Path) -> Self {
        Self::start_with(data, surveys, &[])
    }

    /// Starts a server with more arguments.
    ///
    /// # Panics
    /// When the binary is missing or does not start.
    #[must_use]
    pub fn start_with(data: &Path, surveys: &Path, more: &[&str]) -> Self {
        Self::start_by(barometre(), data, surveys, 0, more)
    }

    /// Starts a server that keeps its responses in this PostgreSQL database, on a port of our choice: one that is started
    /// again has the same address.
    ///
    /// # Panics
    /// When the binary is missing or does not start.
    #[must_use]
    pub fn start_at(data: &Path, port: u16, database_url: Option<&str>) -> Self {
        let options: Vec<&str> = database_url.iter().flat_map(|url| ["--database-url", url]).collect();
        Self::start_by(barometre(), data, &workspace().join("surveys"), port, &options)
    }

    /// Starts a server of a simulated edition.
    ///
    /// # Panics
    /// When the binary is missing or does not start.
    #[must_use]
    pub fn start_simulated(data: &Path, surveys: &Path) -> Self {
        Self::start_by(barometre(), data, surveys, 0, &["--simulated"])
    }

    /// Starts a server that may write no file longer than so many kilobytes, as on a disk that is full from there.
    ///
    /// # Panics
    /// When the binary is missing or does not start.
    #[must_use]
    pub fn start_on_a_small_disk(data: &Path, kilobytes: u32) -> Self {
        let binary = barometre();
        let mut command = Command::new("sh");
        // The signal that comes with the limit would end the program; without it the write fails, as it does on a full disk.
        // A block of `ulimit` has 512 bytes.
        let limited = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", kilobytes * 2);
        command.arg("-c").arg(limited).arg("sh").arg(binary.get_program()).current_dir(workspace());
        Self::start_by(command, data, &workspace().join("surveys"), 0, &[])
    }

    fn start_by(mut command: Command, data: &Path, surveys: &Path, port: u16, options: &[&str]) -> Self {
        let mut child = command
            // Talkative, so that a secret that only a careful operator would see is seen here too.
            .args(["--log", "debug", "serve", "--listen", &format!("127.0.0.1:{port}"), "--dir"])
            .arg(data)
            .arg("--surveys")
            .arg(surveys)
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary can be run");
        let log = Arc::new(Mutex::new(String::new()));
        let (sender, lines) = mpsc::channel();
        listen(child.stdout.take().expect("the output is piped"), &log, sender.clone());
        listen(child.stderr.take().expect("the errors are piped"), &log, sender);
        let port = loop {
            match lines.recv_timeout(START) {
                Ok(line) => {
                    if let Some(port) = port_in(&line) {
                        break port;
                    }
                }
                Err(RecvTimeoutError::Disconnected) => panic!("the server ended at once: {}", text(&log)),
                Err(RecvTimeoutError::Timeout) => {
                    let _ = child.kill();
                    panic!("after {START:?} no line of the server holds `{ADDRESS}PORT`: {}", text(&log));
                }
            }
        };
        let server = Self { child, port, log, data: data.to_path_buf(), own: None };
        let health = server.http().get("/sante");
        assert_eq!(health.status, 200, "the server is not well: {}", health.body);
        server
    }

    /// The port that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address of a page.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{ADDRESS}{}{path}", self.port)
    }

    /// A client without a browser.
    #[must_use]
    pub fn http(&self) -> Http {
        Http::new(self.port)
    }

    /// The data directory.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The file of responses.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.data.join("responses.sqlite")
    }

    /// Everything printed so far.
    #[must_use]
    pub fn log(&self) -> String {
        text(&self.log)
    }

    /// Refuses a log that repeats one of these: answers, personal links, whatever must never be there.
    ///
    /// # Panics
    /// When it does.
    pub fn assert_log_silent_on(&self, canaries: &[&str]) {
        let log = self.log();
        for canary in canaries {
            let line = log.lines().find(|line| line.contains(canary));
            assert!(line.is_none(), "the log holds `{canary}`: {}", line.unwrap_or_default());
        }
    }

    /// Ends the server at once, as a power cut would: no handler of the program runs.
    ///
    /// # Panics
    /// When the system refuses.
    pub fn kill(&mut self) {
        self.child.kill().expect("a process of ours can be killed");
        self.child.wait().expect("a killed process ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        drop(self.own.take());
    }
}

/// Copies what a process prints into the log, and each line to whoever waits for one.
fn listen(output: impl Read + Send + 'static, log: &Arc<Mutex<String>>, lines: Sender<String>) {
    let log = Arc::clone(log);
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            log.push_str(&line);
            log.push('\n');
            drop(log);
            // Once the port is known nobody waits any more.
            let _ = lines.send(line);
        }
    });
}

fn text(log: &Mutex<String>) -> String {
    log.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn port_in(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once(ADDRESS)?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}
