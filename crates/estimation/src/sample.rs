//! A sample with its weights: base weights, adjustments in order, replicates; and estimates with their covariances.

use nalgebra::{DMatrix, DVector};

use crate::calibration::{Auxiliary, Distance, calibrate, pseudo_inverse, trim};
use crate::design::Design;
use crate::error::EstimationError;
use crate::replication::{Centre, Replication};
use crate::target::Target;

/// An adjustment of weights.
#[derive(Debug, Clone)]
pub enum Step {
    /// Calibration on totals; post-stratification is the case of one margin, proportional fitting that of several.
    Calibrate {
        /// Calibration variables.
        x: Auxiliary,
        /// Their population totals.
        totals: Vec<f64>,
        /// Their names, for errors.
        names: Vec<String>,
        /// The distance.
        distance: Distance,
        /// The population's size, to which weights are scaled first, so that bounds are on the ratio after it.
        prescale: Option<f64>,
    },
    /// Weights brought within limits (see [`trim`]).
    Trim {
        /// Least.
        lower: f64,
        /// Greatest.
        upper: f64,
        /// Until none is outside.
        is_strict: bool,
    },
}

impl Step {
    fn apply(&self, w: &[f64]) -> Result<Vec<f64>, EstimationError> {
        match self {
            Self::Trim { lower, upper, is_strict } => Ok(trim(w, *lower, *upper, *is_strict)),
            Self::Calibrate { x, totals, names, distance, prescale } => {
                let factor = prescale.map_or(1.0, |n| n / w.iter().sum::<f64>());
                let scaled: Vec<f64> = w.iter().map(|w| w * factor).collect();
                calibrate(&scaled, x, totals, *distance).map_err(|failed| {
                    EstimationError::CalibrationFailed {
                        term: names[failed.column].clone(),
                        residual: failed.residual,
                        total: totals[failed.column],
                    }
                })
            }
        }
    }
}

/// A sample ready for estimation.
#[derive(Debug, Clone)]
pub struct Sample {
    design: Design,
    base: Vec<f64>,
    weights: Vec<f64>,
    calibrations: Vec<Calibrated>,
    replicates: Option<Replicates>,
}

/// A calibration that was done.
#[derive(Debug, Clone)]
struct Calibrated {
    x: Auxiliary,
    before: Vec<f64>,
    after: Vec<f64>,
}

#[derive(Debug, Clone)]
struct Replicates {
    weights: Vec<Vec<f64>>,
    /// `scale * rscale_r`.
    factors: Vec<f64>,
    centre: Centre,
}

/// Estimates and their covariance matrix.
#[derive(Debug, Clone)]
pub struct Estimated {
    /// One value per target; not a number when the base is empty.
    pub values: Vec<f64>,
    /// Covariances of the values.
    pub covariance: DMatrix<f64>,
    /// Degrees of freedom of the design, over the rows that are live for any of the targets.
    pub df: f64,
}

impl Estimated {
    /// Standard error of a value.
    #[must_use]
    pub fn standard_error(&self, index: usize) -> f64 {
        // Rounding may leave a variance that is zero in exact arithmetic a little below it.
        self.covariance[(index, index)].max(0.0).sqrt()
    }
}

impl Sample {
    /// Applies the adjustments, in order, to the base weights, and to those of every replicate.
    ///
    /// # Errors
    /// When a weight is missing (not a number) or negative, or an adjustment fails.
    pub fn new(
        design: Design,
        base: Vec<f64>,
        steps: &[Step],
        replication: Option<&Replication>,
    ) -> Result<Self, EstimationError> {
        if base.len() != design.len() {
            let what = "base weights".to_owned();
            return Err(EstimationError::Size { what, found: base.len(), expected: design.len() });
        }
        let count = base.iter().filter(|w| w.is_nan() || **w < 0.0).count();
        if count > 0 {
            return Err(EstimationError::MissingWeight { count });
        }
        let mut weights = base.clone();
        let mut calibrations = Vec::new();
        for step in steps {
            let after = step.apply(&weights)?;
            let before = std::mem::replace(&mut weights, after);
            if let Step::Calibrate { x, .. } = step {
                calibrations.push(Calibrated { x: x.clone(), before, after: weights.clone() });
            }
        }
        let replicates = replication
            .map(|replication| {
                let weights = replication
                    .multipliers
                    .iter()
                    .map(|multipliers| {
                        let start = base.iter().zip(multipliers).map(|(w, m)| w * m).collect();
                        steps.iter().try_fold(start, |w: Vec<f64>, step| step.apply(&w))
                    })
                    .collect::<Result<Vec<_>, _>>()?;
                Ok(Replicates { weights, factors: replication.factors.clone(), centre: replication.centre })
            })
            .transpose()?;
        Ok(Self { design, base, weights, calibrations, replicates })
    }

    /// The design.
    #[must_use]
    pub fn design(&self) -> &Design {
        &self.design
    }

    /// Weights before any adjustment, d.
    #[must_use]
    pub fn base(&self) -> &[f64] {
        &self.base
    }

    /// Weights after all adjustments, w.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Estimates targets together.
    ///
    /// # Errors
    /// When the design has a stratum with one primary unit and the rule for it is to fail.
    pub fn estimate(&self, targets: &[Target]) -> Result<Estimated, EstimationError> {
        let values: Vec<f64> = targets.iter().map(|target| target.value(&self.weights)).collect();
        let live: Vec<bool> =
            (0..self.design.len()).map(|k| targets.iter().any(|target| target.live()[k])).collect();
        let covariance = match &self.replicates {
            None => self.linearised_covariance(targets, &live)?,
            Some(replicates) => replicates.covariance(targets, &values),
        };
        Ok(Estimated { values, covariance, df: self.design.degrees_of_freedom(&live) })
    }

    /// Covariance of totals of linearised values, after the regression residuals of every calibration:
    /// `e_k = u_k − x_k'B`, `B = (Σ d x x')⁻ Σ d x u` over all rows (Deville and Särndal 1992, section 5; weights before
    /// the step as in R's survey package). Several steps are taken as that package does (`svyrecvar`), in their order:
    /// what is left of `w u` is divided by the weights after the step, made a residual, and multiplied by them again.
    fn linearised_covariance(
        &self,
        targets: &[Target],
        live: &[bool],
    ) -> Result<DMatrix<f64>, EstimationError> {
        let mut columns: Vec<Vec<f64>> =
            targets.iter().map(|target| target.linearised(&self.weights)).collect();
        for u in &mut columns {
            for (u, w) in u.iter_mut().zip(&self.weights) {
                *u *= w;
            }
        }
        for Calibrated { x, before, after } in &self.calibrations {
            let inverse = pseudo_inverse(&x.gram(before));
            for z in &mut columns {
                // Whom a step gave no weight has none afterwards, and nothing to explain.
                let u: Vec<f64> =
                    z.iter().zip(after).map(|(z, w)| if *w == 0.0 { 0.0 } else { z / w }).collect();
                let weighted: Vec<f64> = u.iter().zip(before).map(|(u, d)| u * d).collect();
                let b: DVector<f64> = &inverse * x.totals(&weighted);
                for (k, z) in z.iter_mut().enumerate() {
                    *z = (u[k] - x.dot(k, &b)) * after[k];
                }
            }
        }
        self.design.covariance(&columns, self.calibrations.is_empty().then_some(live))
    }
}

impl Replicates {
    /// `V = Σ_r c_r (θ_r − c)(θ_r − c)'`.
    fn covariance(&self, targets: &[Target], values: &[f64]) -> DMatrix<f64> {
        let k = targets.len();
        let theta: Vec<Vec<f64>> = self
            .weights
            .iter()
            .map(|weights| targets.iter().map(|target| target.value(weights)).collect())
            .collect();
        let centre: Vec<f64> = match self.centre {
            Centre::FullSample => values.to_vec(),
            Centre::ReplicateMean => {
                (0..k).map(|i| theta.iter().map(|t| t[i]).sum::<f64>() / theta.len() as f64).collect()
            }
        };
        let mut covariance = DMatrix::zeros(k, k);
        for (theta, factor) in theta.iter().zip(&self.factors) {
            for i in 0..k {
                for j in 0..k {
                    covariance[(i, j)] += factor * (theta[i] - centre[i]) * (theta[j] - centre[j]);
                }
            }
        }
        covariance
    }
}
