//! How long an analysis takes beside reading its columns, and how long protection takes after it.
//!
//! For each size, a simulated extract is written once (under the folder of build products), then programs run, each in a
//! process of its own:
//!
//! - `scan`: polars scans every column of the file and sums it once (a text: counts what is there);
//! - `estimate`: opens the extract, checks its hash, and makes every estimate of every breakdown with its variance;
//! - `whole`: the same without a breakdown;
//! - `decide`: the same as `estimate`, then what is displayed, without an attacker;
//! - `analyse`: all of it, attacked and repaired until nothing is claimed.
//!
//! The time is the median of several runs, beside the seconds that processors spent; memory is the greatest peak of the
//! process as the kernel states it.
//!
//! ```text
//! cargo bench -p cli --bench analyse                      # 3,000, 15,000, 150,000 and 1,500,000 responses
//! cargo bench -p cli --bench analyse -- 15000 150000      # these alone
//! ```

mod edition;

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use analysis::{Attacker, Insider, LinearPrograms};
use audit::{Claim, Known, Release};
use polars::prelude::{DataType, LazyFrame, ScanArgsParquet, SerReader, col};
use questionnaire::Edition;

use edition::{Outcome, context, definition, say, simulated};

/// Sizes measured when none are asked for.
const SIZES: [usize; 4] = [3_000, 15_000, 150_000, 1_500_000];
/// Runs, of which the median counts: an odd number.
const RUNS: usize = 3;
/// What the kernel counts processors' time in, a second.
const TICKS: f64 = 100.0;
/// What makes this program one of those it measures.
const ROLE: &str = "--measure";

/// What one process says of itself.
#[derive(Clone, Copy)]
struct Measured {
    seconds: f64,
    /// Seconds of all processors together; 0 where the kernel does not say.
    processor: f64,
    /// Peak memory in MiB; 0 where the kernel does not say.
    memory: u64,
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [role, program, folder] = arguments.as_slice()
        && role == ROLE
    {
        return measure(program, Path::new(folder));
    }
    let asked: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { SIZES.to_vec() } else { asked };
    say(
        "| responses | scan and sum | estimate | ratio | processor: scan | estimate | peak memory | no breakdown | \
         µs a response | decide | analyse | peak memory |",
    )?;
    say("|---|---|---|---|---|---|---|---|---|---|---|---|")?;
    for size in sizes {
        let folder = simulated(size)?;
        let scan = median("scan", &folder)?;
        let estimate = median("estimate", &folder)?;
        let whole = median("whole", &folder)?;
        let decide = median("decide", &folder)?;
        let analyse = median("analyse", &folder)?;
        say(&format!(
            "| {size} | {:.3} s | {:.3} s | {:.1} | {:.2} s | {:.2} s | {} MiB | {:.3} s | {:.2} | {:.2} s | {:.2} s | \
             {} MiB |",
            scan.seconds,
            estimate.seconds,
            estimate.seconds / scan.seconds,
            scan.processor,
            estimate.processor,
            estimate.memory,
            whole.seconds,
            1.0e6 * estimate.seconds / size as f64,
            decide.seconds,
            analyse.seconds,
            analyse.memory
        ))?;
    }
    Ok(())
}

fn median(program: &str, folder: &Path) -> Outcome<Measured> {
    let mut runs = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let run = Command::new(std::env::current_exe()?).args([ROLE, program]).arg(folder).output()?;
        let text = String::from_utf8(run.stdout)?;
        let words: Vec<&str> = text.split_whitespace().collect();
        let ([seconds, processor, memory], true) = (words.as_slice(), run.status.success()) else {
            return Err(format!("{program} failed: {}", String::from_utf8_lossy(&run.stderr)).into());
        };
        let (seconds, processor) = (seconds.parse()?, processor.parse()?);
        runs.push(Measured { seconds, processor, memory: memory.parse()? });
    }
    let memory = runs.iter().map(|run| run.memory).max().unwrap_or(0);
    runs.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
    Ok(Measured { memory, ..runs[RUNS / 2] })
}

/// Runs one of the programs in this process, and prints its seconds, those of the processors and its peak memory.
fn measure(program: &str, folder: &Path) -> Outcome<()> {
    let mut edition = definition()?;
    let (seconds, processor) = match program {
        "scan" => scan(&folder.join(extract::RESPONSES_FILE))?,
        "estimate" => timed(|| estimate(folder, &edition))?,
        "whole" => {
            edition.plan.crossings.clear();
            edition.plan.breakdowns.clear();
            timed(|| estimate(folder, &edition))?
        }
        "decide" => timed(|| analyse(folder, &edition, &Nobody))?,
        "analyse" => timed(|| analyse(folder, &edition, &LinearPrograms))?,
        other => return Err(format!("`{other}` is no program to measure").into()),
    };
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: u64 = peak.and_then(|peak| peak.split_whitespace().next()?.parse().ok()).unwrap_or(0);
    say(&format!("{seconds} {processor} {}", kib / 1024))
}

/// Seconds that processors have spent on this process.
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, in parentheses, may hold spaces.
    let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
    after.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>()
        / TICKS
}

/// Every column once: the sum of a number, how many a boolean holds for, how many texts there are.
fn scan(file: &Path) -> Outcome<(f64, f64)> {
    let schema = polars::prelude::ParquetReader::new(std::fs::File::open(file)?)
        .with_slice(Some((0, 1)))
        .finish()?
        .schema()
        .clone();
    let sums: Vec<_> = schema
        .iter()
        .map(|(name, kind)| {
            let column = col(name.clone());
            if *kind == DataType::String { column.is_not_null().sum() } else { column.sum() }
        })
        .collect();
    let (started, before) = (Instant::now(), processor());
    let path = file.to_str().ok_or("the path is not UTF-8")?;
    let frame = LazyFrame::scan_parquet(path.into(), ScanArgsParquet::default())?.select(sums).collect()?;
    let _ = std::hint::black_box(frame.height());
    Ok((started.elapsed().as_secs_f64(), processor() - before))
}

/// Seconds on the clock and of the processors.
fn timed(work: impl FnOnce() -> Outcome<()>) -> Outcome<(f64, f64)> {
    let (started, before) = (Instant::now(), processor());
    work()?;
    Ok((started.elapsed().as_secs_f64(), processor() - before))
}

/// Exact figures of every indicator in every breakdown.
fn estimate(folder: &Path, edition: &Edition) -> Outcome<()> {
    let cleaned = analysis::clean_extract(&extract::Extract::open(folder)?, edition)?;
    let weights = analysis::calibrate(&cleaned, edition)?;
    let _ = std::hint::black_box(analysis::estimate(&cleaned, &weights, edition));
    Ok(())
}

/// An attacker that finds nothing, so that the structural decision is measured alone.
struct Nobody;

impl Attacker for Nobody {
    fn inside(&self, _: &Release, _: &Insider<'_>, _: &[Release]) -> Vec<Claim> {
        Vec::new()
    }

    fn network(&self, _: &Release, _: &Insider<'_>) -> Vec<Claim> {
        Vec::new()
    }

    fn outside(&self, _: &Release, _: &Known, _: &[Release]) -> Vec<Claim> {
        Vec::new()
    }
}

/// All the way to what is displayed.
fn analyse(folder: &Path, edition: &Edition, attacker: &dyn Attacker) -> Outcome<()> {
    let extract = extract::Extract::open(folder)?;
    let publication = analysis::analyse_against(&extract, edition, &context(), attacker, &[])?;
    if publication.cells.is_empty() { Err("an analysis without a cell".into()) } else { Ok(()) }
}
