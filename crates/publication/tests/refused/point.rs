//! A number is not a displayed value.

fn main() {
    let exact = 33.333;
    let _ = publication::Displayed::Point { value: exact, step: 0.001 };
}
