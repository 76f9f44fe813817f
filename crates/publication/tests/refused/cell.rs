//! A cell has no other way in than the rule.

fn main() {
    let rule = publication::Rule { n_min: 11, n_fragile: 30, design_effect: 1.0, quantile: 1.96 };
    let base = publication::Base { n: 20, largest_share: 0.05 };
    let value = rule.display(50.0, publication::Unit::Percent, base).unwrap();
    let _ = publication::Cell::Published(publication::Published { value });
}
