//! The sampling design: strata, primary units, population sizes, and the variance of a total under it.

use std::collections::BTreeMap;

use nalgebra::DMatrix;

use crate::error::EstimationError;

/// What to do with a stratum of which one primary unit is in the sample.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LonelyPsu {
    /// Refuse.
    #[default]
    Fail,
    /// It contributes nothing (also called `certainty`).
    Remove,
    /// Its total is centred on the mean of the totals of all primary units.
    Adjust,
    /// It contributes the mean of the other strata.
    Average,
}

/// The size of the population of primary units, one entry per respondent.
#[derive(Debug, Clone, PartialEq)]
pub enum PopulationSize {
    /// Unknown or immense: no finite population correction.
    Unknown,
    /// `N_h`, the primary units of the respondent's stratum.
    Units(Vec<f64>),
    /// `n_h / N_h`.
    Fraction(Vec<f64>),
}

/// The design of a sample of n respondents, each in one stratum and one primary unit.
#[derive(Debug, Clone)]
pub struct Design {
    /// Stratum of each respondent, numbered from 0.
    stratum: Vec<usize>,
    /// Primary unit of each respondent, numbered from 0 over all strata.
    psu: Vec<usize>,
    strata: Vec<Stratum>,
    /// Stratum of each primary unit.
    stratum_of_psu: Vec<usize>,
    lonely: LonelyPsu,
    second: Option<SecondStage>,
}

#[derive(Debug, Clone)]
struct Stratum {
    name: String,
    psus: usize,
    /// `n_h / N_h`.
    fraction: f64,
}

#[derive(Debug, Clone)]
struct SecondStage {
    /// Second-stage unit of each respondent, numbered over all primary units.
    unit: Vec<usize>,
    /// Primary unit of each second-stage unit.
    psu_of_unit: Vec<usize>,
    /// Units in the sample, by primary unit.
    units: Vec<usize>,
    /// Sampling fraction, by primary unit.
    fraction: Vec<f64>,
}

/// Numbers texts in the order of their first appearance.
fn number(texts: impl Iterator<Item = String>) -> (Vec<usize>, Vec<String>) {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut names = Vec::new();
    let numbers = texts
        .map(|text| {
            *known.entry(text).or_insert_with_key(|text| {
                names.push(text.clone());
                names.len() - 1
            })
        })
        .collect();
    (numbers, names)
}

impl Design {
    /// A design of `n` respondents. Without `strata` there is one stratum; without `psu` each respondent is one.
    /// `nest`: names of primary units are unique inside a stratum only.
    ///
    /// # Errors
    /// When a population is smaller than its sample.
    pub fn new(
        n: usize,
        strata: Option<&[String]>,
        psu: Option<&[String]>,
        nest: bool,
        population: &PopulationSize,
        lonely: LonelyPsu,
    ) -> Result<Self, EstimationError> {
        let size = |what: &str, found: usize| {
            if found == n {
                Ok(())
            } else {
                Err(EstimationError::Size { what: what.to_owned(), found, expected: n })
            }
        };
        size("strata", strata.map_or(n, <[String]>::len))?;
        size("primary units", psu.map_or(n, <[String]>::len))?;
        let (stratum, names) = match strata {
            Some(strata) => number(strata.iter().cloned()),
            None => (vec![0; n], vec!["all".to_owned()]),
        };
        let psu = match psu {
            None => (0..n).collect(),
            Some(psu) if nest => {
                number(psu.iter().zip(&stratum).map(|(psu, stratum)| format!("{stratum}\u{1f}{psu}"))).0
            }
            Some(psu) => number(psu.iter().cloned()).0,
        };
        let psus = psu.iter().max().map_or(0, |last| last + 1);
        let mut stratum_of_psu = vec![0; psus];
        for (row, psu) in psu.iter().enumerate() {
            stratum_of_psu[*psu] = stratum[row];
        }
        let mut strata: Vec<Stratum> =
            names.into_iter().map(|name| Stratum { name, psus: 0, fraction: 0.0 }).collect();
        for stratum in &stratum_of_psu {
            strata[*stratum].psus += 1;
        }
        for row in 0..n {
            let found = &mut strata[stratum[row]];
            let (fraction, units) = match population {
                PopulationSize::Unknown => continue,
                PopulationSize::Units(units) => (found.psus as f64 / units[row], units[row]),
                PopulationSize::Fraction(fractions) => (fractions[row], found.psus as f64 / fractions[row]),
            };
            if fraction.is_nan() || fraction > 1.0 + 1e-12 {
                return Err(EstimationError::FpcBelowSampleSize {
                    stratum: found.name.clone(),
                    sample: found.psus,
                    population: units,
                });
            }
            found.fraction = fraction.min(1.0);
        }
        Ok(Self { stratum, psu, strata, stratum_of_psu, lonely, second: None })
    }

    /// Every respondent on their own, one stratum, no population size.
    #[must_use]
    pub fn simple(n: usize) -> Self {
        Self::new(n, None, None, false, &PopulationSize::Unknown, LonelyPsu::Fail)
            .expect("a design without population size has none to be smaller than the sample")
    }

    /// Adds a second stage: respondents in units drawn inside the primary units, of which `population` gives the
    /// number in the respondent's primary unit. It adds to the variance where the first stage has a population size
    /// (Särndal, Swensson and Wretman 1992, result 4.3.1).
    ///
    /// # Errors
    /// When a primary unit has fewer second-stage units than the sample.
    pub fn with_second_stage(
        mut self,
        units: &[String],
        population: &[f64],
    ) -> Result<Self, EstimationError> {
        let (unit, _) = number(units.iter().zip(&self.psu).map(|(unit, psu)| format!("{psu}\u{1f}{unit}")));
        let mut psu_of_unit = vec![0; unit.iter().max().map_or(0, |last| last + 1)];
        for (row, unit) in unit.iter().enumerate() {
            psu_of_unit[*unit] = self.psu[row];
        }
        let mut units = vec![0; self.stratum_of_psu.len()];
        for psu in &psu_of_unit {
            units[*psu] += 1;
        }
        let mut fraction = vec![0.0; units.len()];
        for (row, population) in population.iter().enumerate() {
            let psu = self.psu[row];
            if *population < units[psu] as f64 {
                return Err(EstimationError::FpcBelowSampleSize {
                    stratum: self.strata[self.stratum[row]].name.clone(),
                    sample: units[psu],
                    population: *population,
                });
            }
            fraction[psu] = units[psu] as f64 / population;
        }
        self.second = Some(SecondStage { unit, psu_of_unit, units, fraction });
        Ok(self)
    }

    /// Number of respondents.
    #[must_use]
    pub fn len(&self) -> usize {
        self.stratum.len()
    }

    /// Whether there is no respondent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stratum.is_empty()
    }

    /// Primary unit of a respondent.
    #[must_use]
    pub fn psu(&self, row: usize) -> usize {
        self.psu[row]
    }

    /// Number of primary units in the sample.
    #[must_use]
    pub fn psus(&self) -> usize {
        self.stratum_of_psu.len()
    }

    /// Stratum of a primary unit.
    #[must_use]
    pub fn stratum_of(&self, psu: usize) -> usize {
        self.stratum_of_psu[psu]
    }

    /// Primary units of a stratum in the sample, and its sampling fraction (0 when the population is unknown).
    #[must_use]
    pub fn stratum_size(&self, stratum: usize) -> (usize, f64) {
        (self.strata[stratum].psus, self.strata[stratum].fraction)
    }

    /// Degrees of freedom: primary units with a live row less strata with one.
    #[must_use]
    pub fn degrees_of_freedom(&self, live: &[bool]) -> f64 {
        let mut psus = vec![false; self.psus()];
        let mut strata = vec![false; self.strata.len()];
        for row in (0..self.len()).filter(|row| live[*row]) {
            psus[self.psu[row]] = true;
            strata[self.stratum[row]] = true;
        }
        let count = |seen: &[bool]| seen.iter().filter(|seen| **seen).count() as f64;
        count(&psus) - count(&strata)
    }

    /// Covariance matrix of the totals of `z` (one column per estimate, one entry per respondent, already weighted):
    ///
    /// `V = Σ_h (1 − n_h/N_h) n_h/(n_h − 1) Σ_i (z_hi − z̄_h)(z_hi − z̄_h)'`
    ///
    /// with `z_hi` the sum over primary unit i (Särndal, Swensson and Wretman 1992, section 4.5; with-replacement form,
    /// finite population correction at the first stage). `live`: when given, strata without a live respondent are left
    /// out, so that a domain does not make them lonely.
    ///
    /// # Errors
    /// When a stratum has one primary unit and the rule is [`LonelyPsu::Fail`].
    pub fn covariance(&self, z: &[Vec<f64>], live: Option<&[bool]>) -> Result<DMatrix<f64>, EstimationError> {
        let k = z.len();
        let mut totals = DMatrix::<f64>::zeros(self.psus(), k);
        for (column, z) in z.iter().enumerate() {
            for (row, z) in z.iter().enumerate() {
                totals[(self.psu[row], column)] += z;
            }
        }
        let mut is_in = vec![live.is_none(); self.strata.len()];
        for (row, live) in live.into_iter().flatten().enumerate() {
            is_in[self.stratum[row]] |= live;
        }
        let mut sums = DMatrix::<f64>::zeros(self.strata.len(), k);
        for psu in 0..self.psus() {
            for column in 0..k {
                sums[(self.stratum_of_psu[psu], column)] += totals[(psu, column)];
            }
        }
        let overall: Vec<f64> = (0..k).map(|column| sums.column(column).sum() / self.psus() as f64).collect();
        let mut lonely = 0;
        for (stratum, is_in) in self.strata.iter().zip(&is_in) {
            if *is_in && stratum.psus == 1 && stratum.fraction < 1.0 {
                if self.lonely == LonelyPsu::Fail {
                    return Err(EstimationError::LonelyPsu { stratum: stratum.name.clone() });
                }
                lonely += 1;
            }
        }
        let mut covariance = DMatrix::zeros(k, k);
        for psu in 0..self.psus() {
            let h = self.stratum_of_psu[psu];
            let stratum = &self.strata[h];
            if !is_in[h] || stratum.fraction >= 1.0 {
                continue;
            }
            let n = stratum.psus as f64;
            let (factor, is_lonely) = if stratum.psus > 1 {
                ((1.0 - stratum.fraction) * n / (n - 1.0), false)
            } else if self.lonely == LonelyPsu::Adjust {
                (1.0 - stratum.fraction, true)
            } else {
                continue;
            };
            let deviation: Vec<f64> = (0..k)
                .map(|column| {
                    let centre = if is_lonely { overall[column] } else { sums[(h, column)] / n };
                    totals[(psu, column)] - centre
                })
                .collect();
            for i in 0..k {
                for j in 0..k {
                    covariance[(i, j)] += factor * deviation[i] * deviation[j];
                }
            }
        }
        if let Some(second) = &self.second {
            self.add_second_stage(second, z, &is_in, &mut covariance);
        }
        if self.lonely == LonelyPsu::Average && lonely > 0 {
            let strata = is_in.iter().filter(|is_in| **is_in).count();
            covariance *= strata as f64 / (strata - lonely) as f64;
        }
        Ok(covariance)
    }

    /// `Σ_h (n_h/N_h) Σ_i (1 − m_i/M_i) m_i/(m_i − 1) Σ_j (z_hij − z̄_hi)²`.
    fn add_second_stage(
        &self,
        second: &SecondStage,
        z: &[Vec<f64>],
        is_in: &[bool],
        covariance: &mut DMatrix<f64>,
    ) {
        let k = z.len();
        let mut totals = DMatrix::<f64>::zeros(second.psu_of_unit.len(), k);
        let mut sums = DMatrix::<f64>::zeros(self.psus(), k);
        for (column, z) in z.iter().enumerate() {
            for (row, z) in z.iter().enumerate() {
                totals[(second.unit[row], column)] += z;
                sums[(self.psu[row], column)] += z;
            }
        }
        for (unit, psu) in second.psu_of_unit.iter().enumerate() {
            let h = self.stratum_of_psu[*psu];
            let m = second.units[*psu] as f64;
            if !is_in[h] || second.units[*psu] < 2 {
                continue;
            }
            let factor = self.strata[h].fraction * (1.0 - second.fraction[*psu]) * m / (m - 1.0);
            let deviation: Vec<f64> =
                (0..k).map(|column| totals[(unit, column)] - sums[(*psu, column)] / m).collect();
            for i in 0..k {
                for j in 0..k {
                    covariance[(i, j)] += factor * deviation[i] * deviation[j];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variance_of_a_total_of_a_simple_sample_is_that_of_the_textbook() {
        // Three of ten: V = N² (1 − f) s²/n = 100 · 0.7 · 1 / 3, weights 10/3.
        let population = PopulationSize::Units(vec![10.0; 3]);
        let design = Design::new(3, None, None, false, &population, LonelyPsu::Fail).expect("a design");
        let z: Vec<f64> = [1.0, 2.0, 3.0].map(|y| y * 10.0 / 3.0).to_vec();
        let v = design.covariance(&[z], None).expect("three units");
        assert!((v[(0, 0)] - 70.0 / 3.0).abs() < 1e-12, "{v}");
        assert!((design.degrees_of_freedom(&[true, true, false]) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_stratum_of_which_everyone_answered_adds_nothing_and_is_never_lonely() {
        let strata: Vec<String> = ["a", "b", "b"].map(str::to_owned).to_vec();
        let population = PopulationSize::Units(vec![1.0, 4.0, 4.0]);
        let design =
            Design::new(3, Some(&strata), None, false, &population, LonelyPsu::Fail).expect("a design");
        let v = design.covariance(&[vec![99.0, 2.0, 4.0]], None).expect("no lonely unit");
        assert!((v[(0, 0)] - 0.5 * 2.0 * 2.0).abs() < 1e-12, "{v}");
        let smaller = PopulationSize::Units(vec![1.0, 1.0, 1.0]);
        let refused = Design::new(3, Some(&strata), None, false, &smaller, LonelyPsu::Fail);
        assert_eq!(refused.map_err(|error| error.code()).err(), Some("fpc_below_sample_size"));
    }
}
