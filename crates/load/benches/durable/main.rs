//! How many responses a second become durable, against a server that does nothing but insert the same body.
//!
//! The measuring process starts both servers as processes of their own, on the same disk and in the same run, and asks
//! them in turn. See the README of this crate for the command, the goals and what was measured.

#![expect(clippy::print_stdout, reason = "a bench says what it measured")]
#![expect(clippy::disallowed_methods, reason = "a bench is a program: it reads where its server is")]

mod definition;
mod measures;
mod process;
mod serve;

use std::time::Duration;

use mimalloc::MiMalloc;

/// As the program has.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// What to measure.
#[derive(Debug, Clone)]
struct Plan {
    is_sqlite: bool,
    is_postgres: bool,
    rounds: usize,
    seconds: Duration,
    connections: usize,
    responses: usize,
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["serve-bare", database] => serve::bare(database).await,
        ["serve-real", database] => serve::real(database).await,
        options => measures::run(&plan(options)).await,
    }
}

fn plan(options: &[&str]) -> Plan {
    let number = |name: &str, usual: usize| {
        let position = options.iter().position(|option| *option == name);
        let given = position.and_then(|position| options.get(position + 1));
        given.map_or(usual, |given| {
            given.parse().unwrap_or_else(|_| panic!("{name} {given}: a number is expected"))
        })
    };
    let only = |name: &str| options.contains(&name);
    Plan {
        is_sqlite: !only("--postgres"),
        is_postgres: !only("--sqlite"),
        rounds: number("--rounds", 5),
        seconds: Duration::from_secs(number("--seconds", 4) as u64),
        connections: number("--connections", 64),
        responses: number("--responses", 100_000),
    }
}
