//! Calibration cells: respondents whom calibration cannot tell apart, and who therefore share d, x and w.

use std::collections::BTreeMap;

use estimation::calibration::Auxiliary;

use crate::calibration::Weights;

/// The cells of a calibration. There are as many as combinations of margins' categories that occur (a blank is one of
/// them), whatever the number of respondents.
#[derive(Debug, Clone)]
pub(super) struct Cells {
    /// The cell of each respondent.
    pub of_row: Vec<u32>,
    /// How many respondents each has.
    pub counts: Vec<f64>,
    /// d of each.
    pub base: Vec<f64>,
    /// w of each.
    pub calibrated: Vec<f64>,
    /// x of each.
    pub auxiliary: Auxiliary,
}

impl Cells {
    /// Finds the cells, in the order of their first respondents.
    pub(super) fn of(weights: &Weights) -> Self {
        let mut cells = Self {
            of_row: Vec::with_capacity(weights.calibrated.len()),
            counts: Vec::new(),
            base: Vec::new(),
            calibrated: Vec::new(),
            auxiliary: Auxiliary::new(weights.auxiliary.columns()),
        };
        let mut known: BTreeMap<Vec<u64>, u32> = BTreeMap::new();
        let mut key = Vec::new();
        for (row, (base, calibrated)) in weights.base.iter().zip(&weights.calibrated).enumerate() {
            key.clear();
            key.extend([base.to_bits(), calibrated.to_bits()]);
            for (column, value) in weights.auxiliary.row(row) {
                key.extend([*column as u64, value.to_bits()]);
            }
            let cell = if let Some(cell) = known.get(&key) {
                *cell
            } else {
                let cell = u32::try_from(cells.len()).expect("fewer cells than respondents");
                known.insert(key.clone(), cell);
                cells.counts.push(0.0);
                cells.base.push(*base);
                cells.calibrated.push(*calibrated);
                cells.auxiliary.push(weights.auxiliary.row(row).iter().copied());
                cell
            };
            cells.counts[cell as usize] += 1.0;
            cells.of_row.push(cell);
        }
        cells
    }

    /// The number of cells.
    pub(super) fn len(&self) -> usize {
        self.counts.len()
    }
}
