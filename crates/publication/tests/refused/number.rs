//! Nor is an exact number of respondents.

fn main() {
    let _ = publication::NumberShown::Rounded { value: 13 };
}
