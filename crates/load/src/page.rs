//! What a page's forms would post by themselves: their hidden fields.

use std::collections::BTreeMap;

use html5gum::{Token, Tokenizer};

/// The hidden fields of each form of a page, by the path that it posts to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Forms(BTreeMap<String, Vec<(String, String)>>);

impl Forms {
    /// Reads the forms of a page.
    pub(crate) fn read(html: &[u8]) -> Self {
        let mut forms = Self::default();
        let mut open: Option<String> = None;
        for token in Tokenizer::new(html) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) if &**tag.name == b"form" => {
                    let action = attribute(&tag, "action").unwrap_or_default();
                    forms.0.entry(action.clone()).or_default();
                    open = Some(action);
                }
                Token::StartTag(tag) if &**tag.name == b"input" => {
                    let Some(fields) = open.as_ref().and_then(|action| forms.0.get_mut(action)) else {
                        continue;
                    };
                    if attribute(&tag, "type").as_deref() == Some("hidden")
                        && let Some(name) = attribute(&tag, "name")
                    {
                        fields.push((name, attribute(&tag, "value").unwrap_or_default()));
                    }
                }
                Token::EndTag(tag) if &**tag.name == b"form" => open = None,
                _ => {}
            }
        }
        forms
    }

    /// The fields to post to this path: those given, and the hidden ones of names not given.
    pub(crate) fn filled(&self, path: &str, given: &[(String, String)]) -> Vec<(String, String)> {
        let hidden = self.0.get(path).map_or(&[][..], Vec::as_slice);
        let is_given = |name: &str| given.iter().any(|(other, _)| other == name);
        let rest = hidden.iter().filter(|(name, _)| !is_given(name));
        given.iter().chain(rest).cloned().collect()
    }
}

fn attribute(tag: &html5gum::StartTag<()>, name: &str) -> Option<String> {
    let value = tag.attributes.get(name.as_bytes())?;
    Some(String::from_utf8_lossy(value).into_owned())
}

/// `application/x-www-form-urlencoded`.
pub(crate) fn encoded(fields: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_form_posts_its_own_hidden_fields_and_those_given_win() {
        let html = br#"<input type=hidden name=outside value=1>
            <form method="post" action="/q/a/nom"><input type="hidden" name="jeton" value="a&amp;b">
            <input type="text" name="org_nom" value="typed"><input type="hidden" name="vu" value="x"></form>
            <form action="/autre"><input type="hidden" name="jeton" value="other"></form>"#;
        let forms = Forms::read(html);
        let given = pairs(&[("org_nom", "Le Phare"), ("vu", "y")]);
        let expected = pairs(&[("org_nom", "Le Phare"), ("vu", "y"), ("jeton", "a&b")]);
        assert_eq!(forms.filled("/q/a/nom", &given), expected);
        assert_eq!(forms.filled("/nowhere", &given), given);
    }

    #[test]
    fn fields_are_encoded_as_a_browser_does() {
        assert_eq!(encoded(&pairs(&[("a", "é b"), ("c", "1&2=3")])), "a=%C3%A9+b&c=1%262%3D3");
    }
}
