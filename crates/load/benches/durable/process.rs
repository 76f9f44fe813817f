//! A server as a process of its own, and what the system says of it.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use load::{Crowd, Door, Target};

/// Names the release binary to measure in place of the light server of this bench.
const BINARY: &str = "BAROMETRE_BIN";

/// A running server; killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) door: Door,
    /// From the start of the process to its first answer.
    pub(crate) start: Duration,
}

impl Server {
    pub(crate) async fn bare(database: &str) -> Self {
        Self::start(&mut itself("serve-bare", database)).await
    }

    pub(crate) async fn real(database: &str) -> Self {
        let mut command = match std::env::var_os(BINARY).map(PathBuf::from) {
            None => itself("serve-real", database),
            Some(binary) => {
                let mut command = Command::new(binary);
                command.args(["serve", "--listen", "127.0.0.1:0"]);
                command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
                if database.starts_with("postgres") {
                    let folder = std::env::temp_dir().join("barometre-bench");
                    command.args(["--database-url", database]).arg("--dir").arg(folder);
                } else {
                    command.args(["--dir", database]);
                }
                command
            }
        };
        Self::start(&mut command).await
    }

    async fn start(command: &mut Command) -> Self {
        let began = Instant::now();
        let mut child =
            command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().expect("the server starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let url = lines
            .map_while(Result::ok)
            .find_map(|line| Some(format!("http://{}", line.split_once("http://")?.1.trim_end_matches('/'))))
            .expect("the server says where it listens");
        let target = Target::resolve(&url).await.expect("an address");
        let door = Door { target, pause: Duration::ZERO, tries: 100, is_kept: true };
        let once = Crowd { connections: 1, rate: Some(1.0), duration: Duration::from_millis(1) };
        let health = once.read(&door, "/sante").await;
        assert_eq!(health.gave_up, 0, "{health}");
        let door = Door { tries: 1, ..door };
        Self { child, door, start: began.elapsed() }
    }

    /// Processor time used so far, by the program and by the system for it.
    pub(crate) fn cpu(&self) -> Duration {
        let stat =
            std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("a running process");
        // The name of the program, in brackets, may hold spaces.
        let (_, rest) = stat.rsplit_once(')').expect("a line of /proc");
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let ticks: u64 = [11, 12].iter().map(|&index| fields[index].parse::<u64>().expect("ticks")).sum();
        // The unit of these fields is a hundredth of a second on every Linux that we know.
        Duration::from_millis(ticks * 10)
    }

    /// Resident memory, in megabytes of a million bytes.
    pub(crate) fn memory(&self) -> f64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("a running process");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("resident memory");
        let kilobytes: f64 =
            line.split_whitespace().nth(1).and_then(|found| found.parse().ok()).expect("a number");
        kilobytes * 1024.0 / 1e6
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn itself(role: &str, database: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("a program knows where it is"));
    command.args([role, database]);
    command
}
