//! HTML to plain text. LimeSurvey's editor writes HTML, and anyone may have written anything into it.

use std::collections::BTreeSet;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};

/// A text without markup, and what the markup said that the text does not.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plain {
    pub text: String,
    /// What was lost, for instance `a picture`.
    pub lost: BTreeSet<&'static str>,
}

/// Elements whose content is no text.
const SILENT: [&str; 6] = ["script", "style", "iframe", "object", "noscript", "template"];

/// Elements that end a word.
const BREAKS: [&str; 17] =
    ["br", "p", "div", "li", "ul", "ol", "tr", "td", "th", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr"];

/// Reads HTML as text: tags go, scripts go with what they say, entities become characters, spaces are collapsed.
pub(super) fn plain(html: &str) -> Plain {
    let mut plain = Plain::default();
    let mut emitter: DefaultEmitter = DefaultEmitter::default();
    // Without this the content of a script would be read as text.
    emitter.naively_switch_states(true);
    let mut silent: Option<(Vec<u8>, usize)> = None;
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let name = std::str::from_utf8(&tag.name).unwrap_or("");
                if let Some((open, depth)) = &mut silent {
                    *depth += usize::from(*open == *tag.name);
                    continue;
                }
                plain.lost.extend(lost(name));
                if tag
                    .attributes
                    .keys()
                    .any(|name| name.len() > 2 && name.to_ascii_lowercase().starts_with(b"on"))
                {
                    plain.lost.insert("a script");
                }
                if SILENT.contains(&name) && !tag.self_closing {
                    silent = Some((tag.name.to_vec(), 1));
                } else if BREAKS.contains(&name) {
                    plain.text.push(' ');
                }
            }
            Token::EndTag(tag) => {
                if let Some((open, depth)) = &mut silent {
                    if *open == *tag.name {
                        *depth -= 1;
                    }
                    if *depth == 0 {
                        silent = None;
                    }
                } else if BREAKS.iter().any(|known| known.as_bytes() == &**tag.name) {
                    plain.text.push(' ');
                }
            }
            Token::String(text) if silent.is_none() => {
                plain.text.push_str(&String::from_utf8_lossy(&text));
            }
            _ => {}
        }
    }
    plain.text = collapsed(&plain.text);
    plain
}

fn lost(element: &str) -> Option<&'static str> {
    Some(match element {
        "script" => "a script",
        "iframe" | "object" | "embed" => "embedded content",
        "img" | "svg" | "picture" | "canvas" => "a picture",
        "video" | "audio" => "sound or video",
        "a" => "a link",
        "table" => "a table",
        "input" | "select" | "textarea" | "button" | "form" => "a form",
        "b" | "strong" | "i" | "em" | "u" | "font" | "ul" | "ol" | "h1" | "h2" | "h3" | "h4" | "h5"
        | "h6" => "formatting",
        _ => return None,
    })
}

/// One line: spaces collapsed (a no-break space stays, it is typography), control characters gone.
fn collapsed(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{c}') {
            if !line.ends_with(' ') && !line.is_empty() {
                line.push(' ');
            }
        } else if !c.is_control() {
            line.push(c);
        }
    }
    line.truncate(line.trim_end().len());
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_words_stay_apart() {
        for (html, text) in [
            ("<p>Un&nbsp;<b>site</b></p><p>web&eacute;</p>", "Un\u{a0}site webé"),
            ("a<br/>b", "a b"),
            ("a<span>b</span>", "ab"),
            ("5 < 6 &amp; 7 > 6", "5 < 6 & 7 > 6"),
            ("  a \r\n\t b  ", "a b"),
            ("a\u{0}\u{7}b", "ab"),
            ("", ""),
        ] {
            assert_eq!(plain(html).text, text, "{html}");
        }
    }

    #[test]
    fn scripts_go_with_what_they_say() {
        for html in [
            "a<script>alert(1)</script>b",
            "a<SCRIPT src=//x>alert('</p>')</SCRIPT >b",
            "a<script>alert(1)<!-- </script>b",
            "a<style>x{}</style><script>alert(1)</script>b",
            "a<img src=x onerror=alert(1)>b",
            "a<svg/onload=alert(1)>b",
            "a<!-- <script>alert(1)</script> -->b",
            "a<a href='javascript:alert(1)'>b</a>",
        ] {
            let read = plain(html);
            assert_eq!(read.text, "ab", "{html}");
            assert!(!read.lost.is_empty() || html.contains("<!--"), "{html}");
        }
        assert!(plain("<img src=x onerror=alert(1)>").lost.contains("a script"));
        assert!(plain("<script>alert(1)").text.is_empty(), "a script that never ends says nothing");
    }

    #[test]
    fn what_was_hidden_in_entities_stays_a_text() {
        assert_eq!(plain("&lt;script&gt;alert(1)&lt;/script&gt;").text, "<script>alert(1)</script>");
    }
}
