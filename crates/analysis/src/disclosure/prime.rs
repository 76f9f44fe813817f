//! Arithmetic modulo the Mersenne prime 2⁶¹ - 1: exact, so that no tolerance decides what is published.

/// The prime.
pub(super) const P: u64 = (1 << 61) - 1;

/// a + b.
pub(super) fn add(a: u64, b: u64) -> u64 {
    let sum = a + b;
    if sum >= P { sum - P } else { sum }
}

/// a - b.
pub(super) fn sub(a: u64, b: u64) -> u64 {
    if a >= b { a - b } else { a + P - b }
}

/// a b: 2⁶¹ is 1, so the high bits are added to the low ones.
pub(super) fn mul(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    #[expect(clippy::cast_possible_truncation, reason = "61 bits each: both fit")]
    let (low, high) = ((product & u128::from(P)) as u64, (product >> 61) as u64);
    add(low, high)
}

/// 1 / a, by Fermat's little theorem; `a` is not zero.
pub(super) fn inverse(a: u64) -> u64 {
    let (mut base, mut power, mut result) = (a, P - 2, 1);
    while power > 0 {
        if power & 1 == 1 {
            result = mul(result, base);
        }
        base = mul(base, base);
        power >>= 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_field() {
        for a in [1, 2, 3, 1 << 40, P - 1, 0x0123_4567_89ab_cdef] {
            assert_eq!(mul(a, inverse(a)), 1);
            assert_eq!(add(a, sub(0, a)), 0);
            assert_eq!(mul(a, P - 1), sub(0, a));
        }
    }
}
