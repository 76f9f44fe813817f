//! How often the default interval holds the truth.
//!
//! A synthetic population answers yes with known shares that depend on two calibration variables. Volunteers come with
//! chances that depend on one of them; the sample is raked to both margins; the variance is that of the calibration
//! residuals. Each line repeats this, always with the same draws for the same seed, and says which part of the
//! intervals hold the true share, and how wide they are on average.
//!
//! ```text
//! cargo run -p estimation --example coverage -- [REPETITIONS] [SEED]
//! ```

use estimation::calibration::{Auxiliary, Distance};
use estimation::diagnostics::kish_n;
use estimation::distribution::DegreesOfFreedom;
use estimation::interval::{Method, Proportion};
use estimation::{Design, Sample, Step, Target};

/// Shares of the categories of the first margin, and how much more than others they volunteer.
const SIZES: [(f64, f64); 3] = [(0.6, 1.0), (0.3, 2.0), (0.1, 4.0)];
/// Shares of the categories of the second margin, which is independent of the first.
const SECTORS: [f64; 4] = [0.4, 0.3, 0.2, 0.1];
/// The number of organisations that weights stand for.
const POPULATION: f64 = 100_000.0;
/// The domain of the second half of the table: a sector.
const DOMAIN: usize = 2;
const LEVEL: f64 = 0.95;
const METHODS: [(&str, Method); 3] =
    [("wilson_kish", Method::WilsonKish), ("logit", Method::Logit), ("wald", Method::Wald)];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| match arguments.next() {
        Some(text) => text.parse().expect("a whole number: REPETITIONS, then SEED"),
        None => default,
    };
    let (repetitions, seed) = (number(4_000), number(2026));
    print(&format!(
        "{repetitions} samples a line, seed {seed}; coverage in percent, mean width in points\n\n"
    ));
    print("| respondents | of whom in the domain | true share |");
    for (name, _) in METHODS {
        print(&format!(" {name} |"));
    }
    print("\n|---|---|---|---|---|---|\n");
    for domain in [None, Some(DOMAIN)] {
        for n in [50, 200, 1000] {
            for share in [0.03, 0.1, 0.3, 0.5] {
                line(repetitions, seed, n, share, domain);
            }
        }
    }
}

fn print(text: &str) {
    use std::io::Write;
    // A closed pipe is no fault.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// The chance of a yes: more in the larger sizes, less in the later sectors.
fn chance(share: f64, size: usize, sector: usize) -> f64 {
    share * (0.8 + 0.35 * size as f64) * (1.1 - 0.1 * sector as f64)
}

/// The true share, of everyone or of a sector.
fn truth(share: f64, domain: Option<usize>) -> f64 {
    let (mut yes, mut everyone) = (0.0, 0.0);
    for (size, (size_share, _)) in SIZES.iter().enumerate() {
        for (sector, sector_share) in SECTORS.iter().enumerate() {
            if domain.is_none_or(|domain| domain == sector) {
                everyone += size_share * sector_share;
                yes += size_share * sector_share * chance(share, size, sector);
            }
        }
    }
    yes / everyone
}

fn line(repetitions: u64, seed: u64, n: usize, share: f64, domain: Option<usize>) {
    let truth = truth(share, domain);
    let (mut held, mut width) = ([0_u32; METHODS.len()], [0.0; METHODS.len()]);
    let (mut made, mut inside) = (0_u32, 0);
    for repetition in 0..repetitions {
        let mut dice = Dice(seed ^ repetition.wrapping_mul(0xd6e8_feb8_6659_fd93));
        // A sample without anyone in some category, or in the domain, is not published: it is drawn again.
        let Some((proportion, count)) = (0..1_000).find_map(|_| sample(&mut dice, n, share, domain)) else {
            continue;
        };
        made += 1;
        inside += count;
        for (index, (_, method)) in METHODS.iter().enumerate() {
            // Where a method has no interval, it holds nothing.
            if let Some((low, high)) = proportion.interval(*method) {
                held[index] += u32::from(low <= truth && truth <= high);
                width[index] += high - low;
            }
        }
    }
    let made = f64::from(made);
    print(&format!("| {n} | {:.0} | {:.1} % |", inside as f64 / made, 100.0 * truth));
    for (held, width) in held.iter().zip(width) {
        print(&format!(" {:.1} ({:.1}) |", 100.0 * f64::from(*held) / made, 100.0 * width / made));
    }
    print("\n");
}

/// One estimate, and the respondents in its domain.
fn sample(dice: &mut Dice, n: usize, share: f64, domain: Option<usize>) -> Option<(Proportion, usize)> {
    let volunteers: Vec<f64> = SIZES.iter().map(|(share, eagerness)| share * eagerness).collect();
    let mut x = Auxiliary::new(SIZES.len() + SECTORS.len());
    let (mut y, mut is_inside) = (Vec::with_capacity(n), Vec::with_capacity(n));
    for _ in 0..n {
        let (size, sector) = (dice.category(&volunteers), dice.category(&SECTORS));
        x.push([(size, 1.0), (SIZES.len() + sector, 1.0)]);
        y.push(if dice.unit() < chance(share, size, sector) { 1.0 } else { 0.0 });
        is_inside.push(domain.is_none_or(|domain| domain == sector));
    }
    let count = is_inside.iter().filter(|is_inside| **is_inside).count();
    if count < 2 {
        return None;
    }
    let totals: Vec<f64> =
        SIZES.iter().map(|(share, _)| share).chain(&SECTORS).map(|share| share * POPULATION).collect();
    let names = vec![String::new(); totals.len()];
    let step = Step::Calibrate { x, totals, names, distance: Distance::Raking, prescale: None };
    let base = vec![POPULATION / n as f64; n];
    let sample = Sample::new(Design::simple(n), base, &[step], None).ok()?;
    let kept: Vec<f64> = sample
        .weights()
        .iter()
        .zip(&is_inside)
        .filter(|(_, is_inside)| **is_inside)
        .map(|(w, _)| *w)
        .collect();
    let estimated = sample.estimate(&[Target::Mean { live: is_inside, y }]).ok()?;
    let proportion = Proportion {
        p: estimated.values[0],
        variance: estimated.covariance[(0, 0)],
        n: count as f64,
        n_kish: kish_n(&kept),
        df: DegreesOfFreedom::Finite(count as f64 - 1.0),
        level: LEVEL,
    };
    Some((proportion, count))
}

/// `SplitMix64` (Steele, Lea and Flood, OOPSLA 2014).
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn category(&mut self, weights: &[f64]) -> usize {
        let mut point = self.unit() * weights.iter().sum::<f64>();
        for (category, weight) in weights.iter().enumerate() {
            if point < *weight {
                return category;
            }
            point -= weight;
        }
        weights.len() - 1
    }
}
