//! Replicate weights: jackknives and the rescaled bootstrap.

use crate::design::Design;

/// What replicates are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Centre {
    /// The mean of the replicates.
    ReplicateMean,
    /// The estimate from the full sample.
    FullSample,
}

/// Multipliers of base weights, and the factor of each squared deviation.
#[derive(Debug, Clone, PartialEq)]
pub struct Replication {
    /// `multipliers[r][k]` of respondent k in replicate r.
    pub multipliers: Vec<Vec<f64>>,
    /// `scale × rscale_r`.
    pub factors: Vec<f64>,
    /// The centre.
    pub centre: Centre,
}

impl Replication {
    /// Delete-one-group jackknife of an unstratified design: 0 for one primary unit, n/(n − 1) for the others.
    #[must_use]
    pub fn jk1(design: &Design, centre: Centre) -> Self {
        let n = design.psus() as f64;
        let fraction = if design.psus() == 0 { 0.0 } else { design.stratum_size(design.stratum_of(0)).1 };
        let multipliers = (0..design.psus())
            .map(|left| {
                (0..design.len()).map(|k| if design.psu(k) == left { 0.0 } else { n / (n - 1.0) }).collect()
            })
            .collect();
        Self { multipliers, factors: vec![(n - 1.0) / n * (1.0 - fraction); design.psus()], centre }
    }

    /// Stratified jackknife: 0 for one primary unit, `n_h/(n_h − 1)` for the others of its stratum, 1 elsewhere.
    #[must_use]
    pub fn jkn(design: &Design, centre: Centre) -> Self {
        let (mut multipliers, mut factors) = (Vec::new(), Vec::new());
        for left in 0..design.psus() {
            let h = design.stratum_of(left);
            let (n, fraction) = design.stratum_size(h);
            let n = n as f64;
            let row = (0..design.len()).map(|k| {
                if design.psu(k) == left {
                    0.0
                } else if design.stratum_of(design.psu(k)) == h {
                    n / (n - 1.0)
                } else {
                    1.0
                }
            });
            multipliers.push(row.collect());
            factors.push((n - 1.0) / n * (1.0 - fraction));
        }
        Self { multipliers, factors, centre }
    }

    /// Given multipliers, one factor for all.
    #[must_use]
    pub fn given(multipliers: Vec<Vec<f64>>, scale: f64, centre: Centre) -> Self {
        let factors = vec![scale; multipliers.len()];
        Self { multipliers, factors, centre }
    }

    /// The rescaled bootstrap from counts of draws: `m = 1 − λ + λ n_h/(n_h − 1) r`, `λ = √(1 − f_h)` with the finite
    /// population correction and 1 without (Rao and Wu, JASA 83, 1988; Rao, Wu and Yue, Survey Methodology 18, 1992).
    /// `counts[r][k]`: how often the primary unit of respondent k was drawn in `n_h − 1` draws with replacement.
    #[must_use]
    pub fn rao_wu(design: &Design, counts: &[Vec<f64>], uses_fpc: bool, scale: f64, centre: Centre) -> Self {
        let multipliers = counts
            .iter()
            .map(|counts| {
                counts
                    .iter()
                    .enumerate()
                    .map(|(k, r)| {
                        let (n, fraction) = design.stratum_size(design.stratum_of(design.psu(k)));
                        let n = n as f64;
                        let lambda = if uses_fpc { (1.0 - fraction).sqrt() } else { 1.0 };
                        1.0 - lambda + lambda * n / (n - 1.0) * r
                    })
                    .collect()
            })
            .collect();
        Self::given(multipliers, scale, centre)
    }

    /// Draws of the rescaled bootstrap, `replicates` of them. A draw depends on the seed, the replicate, the stratum
    /// and its place alone, so that any number of threads, in any order, draws the same.
    #[must_use]
    pub fn draw_rao_wu(design: &Design, replicates: usize, seed: u64, uses_fpc: bool) -> Self {
        let mut members: Vec<Vec<usize>> = Vec::new();
        for psu in 0..design.psus() {
            let h = design.stratum_of(psu);
            if members.len() <= h {
                members.resize(h + 1, Vec::new());
            }
            members[h].push(psu);
        }
        let counts: Vec<Vec<f64>> = (0..replicates)
            .map(|replicate| {
                let mut drawn = vec![0.0; design.psus()];
                for (h, psus) in members.iter().enumerate() {
                    for place in 1..psus.len() {
                        let number = counter(seed, replicate as u64, h as u64, place as u64);
                        // Upper bits of the product: an even choice among the stratum's units.
                        let chosen = (u128::from(number) * psus.len() as u128) >> 64;
                        drawn[psus[usize::try_from(chosen).expect("under the number of units")]] += 1.0;
                    }
                }
                (0..design.len()).map(|k| drawn[design.psu(k)]).collect()
            })
            .collect();
        Self::rao_wu(design, &counts, uses_fpc, 1.0 / replicates as f64, Centre::FullSample)
    }
}

/// A number made of four counters: rounds of the finaliser of `SplitMix64` (Steele, Lea and Flood, OOPSLA 2014).
fn counter(seed: u64, replicate: u64, stratum: u64, place: u64) -> u64 {
    [replicate, stratum, place].into_iter().fold(seed, |state, part| {
        let mut z = state.wrapping_add(part.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    })
}
