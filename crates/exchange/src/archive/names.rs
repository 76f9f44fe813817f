//! Names that Stata and SPSS accept: at most 32 characters, letters, digits and `_`, told apart without case.

use std::collections::BTreeSet;

/// Most characters of a name.
const MOST: usize = 32;

/// What neither program lets a variable be called, in lower case.
const RESERVED: [&str; 37] = [
    "_all",
    "_b",
    "_coef",
    "_cons",
    "_n",
    "_pi",
    "_pred",
    "_rc",
    "_se",
    "_skip",
    "aggregate",
    "all",
    "and",
    "array",
    "boolean",
    "break",
    "by",
    "byte",
    "double",
    "eq",
    "float",
    "ge",
    "gt",
    "if",
    "in",
    "int",
    "le",
    "long",
    "lt",
    "ne",
    "not",
    "or",
    "strl",
    "to",
    "using",
    "with",
    "_weight",
];

/// The short names of the columns of one data set, in order.
///
/// A dot becomes `_`. A name that is too long is cut, and one that is taken gets a number: the result depends on the
/// names and their order alone.
#[must_use]
pub fn short_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken: BTreeSet<String> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
    // `str5` is a type of Stata; `raw5` and `v5` are columns on their way in, in our own scripts.
    let is_reserved = |name: &str| {
        ["str", "raw", "v"].iter().any(|prefix| {
            name.strip_prefix(prefix)
                .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
        })
    };
    names
        .into_iter()
        .map(|name| {
            let mut legal: String =
                name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
            if !legal.starts_with(|c: char| c.is_ascii_alphabetic()) {
                legal.insert(0, 'x');
            }
            let mut short: String = legal.chars().take(MOST).collect();
            // SPSS takes a name that ends with `_` badly.
            short.truncate(short.trim_end_matches('_').len().max(1));
            let mut number = 1;
            while is_reserved(&short.to_lowercase()) || taken.contains(&short.to_lowercase()) {
                number += 1;
                let suffix = format!("_{number}");
                short = legal.chars().take(MOST - suffix.len()).collect::<String>() + &suffix;
            }
            taken.insert(short.to_lowercase());
            short
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::short_names;

    #[test]
    fn short_names_are_legal_short_and_told_apart() {
        let long = "don_protection.mesures_techniques_et_organisationnelles";
        let names = short_names([
            "org_ident.type",
            "org_ident_type",
            "ORG_IDENT.TYPE",
            long,
            &format!("{long}_2"),
            "if",
            "str5",
            "2026",
            "a.",
        ]);
        assert_eq!(
            names,
            [
                "org_ident_type",
                "org_ident_type_2",
                "ORG_IDENT_TYPE_3",
                "don_protection_mesures_technique",
                "don_protection_mesures_techniq_2",
                "if_2",
                "str5_2",
                "x2026",
                "a"
            ]
        );
        assert!(names.iter().all(|name| name.len() <= 32));
    }
}
