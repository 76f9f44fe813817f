//! A posted form: names and values, decoded strictly.

use std::collections::BTreeMap;

/// The button pressed.
pub(crate) const ACTION: &str = "action";
/// Consistency checks whose warning was read.
pub(crate) const SEEN: &str = "vu";
/// The screens to show next, instead of the next one on the path.
pub(crate) const THEN: &str = "puis";

/// What the page showed when it was opened, see [`crate::seen`].
pub(crate) const STATE: &str = "etat";
/// The number of this sending among all of a response: one sending is heard once.
pub(crate) const SENDING: &str = "envoi";

/// More fields than any screen has: 48 networks are the most.
const MOST_FIELDS: usize = 500;

/// Why a body is not a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FieldsError {
    /// A `%` not followed by two hexadecimal digits.
    #[error("a percent sign is not followed by two hexadecimal digits")]
    Encoding,
    /// Bytes that are not UTF-8.
    #[error("a name or a value is not UTF-8")]
    NotUtf8,
    /// Too many fields.
    #[error("more than {MOST_FIELDS} fields")]
    TooMany,
}

/// The fields of a form, in the order of their names; the values of one name in the order given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fields(BTreeMap<String, Vec<String>>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded`. Invalid UTF-8 is refused, never replaced: a replaced character
    /// would be stored as if it had been typed.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, FieldsError> {
        let mut fields = Self::default();
        for (count, pair) in body.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()).enumerate() {
            if count == MOST_FIELDS {
                return Err(FieldsError::TooMany);
            }
            let mut halves = pair.splitn(2, |&byte| byte == b'=');
            let name = decode(halves.next().unwrap_or_default())?;
            let value = decode(halves.next().unwrap_or_default())?;
            fields.0.entry(name).or_default().push(value);
        }
        Ok(fields)
    }

    /// The value of a field given once; the first if it was given several times.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        self.all(name).first().map(String::as_str)
    }

    /// All values of a field.
    pub(crate) fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether this value is among those of the field.
    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).iter().any(|given| given == value)
    }

    /// Takes all values of a field out of the form.
    pub(crate) fn take(&mut self, name: &str) -> Vec<String> {
        self.0.remove(name).unwrap_or_default()
    }

    /// Adds a value.
    pub(crate) fn push(&mut self, name: &str, value: &str) {
        self.0.entry(name.to_owned()).or_default().push(value.to_owned());
    }

    /// Names and values, in the order of names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|(name, values)| values.iter().map(|value| (name.as_str(), value.as_str())))
    }

    /// The names given.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Names and values, as a form would be posted.
    pub(crate) fn into_pairs(self) -> Vec<(String, String)> {
        self.0
            .into_iter()
            .flat_map(|(name, values)| values.into_iter().map(move |value| (name.clone(), value)))
            .collect()
    }
}

/// Decodes `+` and `%XX`.
fn decode(text: &[u8]) -> Result<String, FieldsError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(&byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = rest.next().and_then(|&digit| hexadecimal(digit)).ok_or(FieldsError::Encoding)?;
                let low = rest.next().and_then(|&digit| hexadecimal(digit)).ok_or(FieldsError::Encoding)?;
                high * 16 + low
            }
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| FieldsError::NotUtf8)
}

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_decoded_name_by_name() {
        let fields = Fields::parse("a=1&b=caf%C3%A9+noir&a=2&&c".as_bytes()).expect("a form");
        assert_eq!(fields.all("a"), ["1", "2"]);
        assert_eq!(fields.one("b"), Some("café noir"));
        assert_eq!(fields.one("c"), Some(""));
        assert_eq!(fields.one("d"), None);
    }

    #[test]
    fn what_is_not_utf_8_or_not_encoded_is_refused() {
        assert_eq!(Fields::parse(b"a=%ff"), Err(FieldsError::NotUtf8));
        assert_eq!(Fields::parse(b"a=\xff"), Err(FieldsError::NotUtf8));
        assert_eq!(Fields::parse(b"a=%4"), Err(FieldsError::Encoding));
        assert_eq!(Fields::parse(b"a=%zz"), Err(FieldsError::Encoding));
        assert_eq!(Fields::parse("a=1&".repeat(501).as_bytes()), Err(FieldsError::TooMany));
    }
}
