//! The kind of an answer by the shape of its JSON.
//!
//! Read by hand: serde's untagged enum tries one kind after the other, and writes each time a message that quotes the
//! whole text. For a response of 6 kB that took longer than everything else that is done for it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Answer, Answers, Given, Identifier, Networks};

impl<'de> Deserialize<'de> for Answers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(AnswersShape)
    }
}

/// Reads answers.
struct AnswersShape;

impl<'de> Visitor<'de> for AnswersShape {
    type Value = Answers;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object: question code to answer")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Answers, A::Error> {
        let mut answers = BTreeMap::new();
        while let Some((Code(code), answer)) = map.next_entry()? {
            answers.insert(code, Arc::new(answer));
        }
        Ok(Answers(Arc::new(answers)))
    }
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(GivenShape).map(Self)
    }
}

/// Reads answers some of which are null.
struct GivenShape;

impl<'de> Visitor<'de> for GivenShape {
    type Value = Answers;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        AnswersShape.expecting(formatter)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Answers, A::Error> {
        let mut answers = BTreeMap::new();
        while let Some((Code(code), answer)) = map.next_entry::<Code, Option<Answer>>()? {
            match answer {
                Some(answer) => answers.insert(code, Arc::new(answer)),
                None => answers.remove(&code),
            };
        }
        Ok(Answers(Arc::new(answers)))
    }
}

/// The code of a question, copied once.
struct Code(Arc<str>);

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(CodeShape)
    }
}

/// Reads the code of a question.
struct CodeShape;

impl Visitor<'_> for CodeShape {
    type Value = Code;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the code of a question")
    }

    fn visit_str<E: Error>(self, code: &str) -> Result<Code, E> {
        Ok(Code(code.into()))
    }
}

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Shape)
    }
}

/// Reads an answer.
struct Shape;

impl<'de> Visitor<'de> for Shape {
    type Value = Answer;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an answer: a text, a whole number, a list of codes, or an object")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Answer, E> {
        Ok(Answer::Integer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Answer, E> {
        i64::try_from(value).map(Answer::Integer).map_err(|_| E::custom("a whole number beyond 64 bits"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Answer, E> {
        Ok(Answer::Text(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Answer, E> {
        Ok(Answer::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Answer, A::Error> {
        let mut codes = BTreeSet::new();
        while let Some(code) = list.next_element()? {
            codes.insert(code);
        }
        Ok(Answer::Multiple(codes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Answer, A::Error> {
        let mut members: BTreeMap<String, Member> = BTreeMap::new();
        let mut is_repeated = false;
        while let Some((name, member)) = map.next_entry()? {
            is_repeated |= members.insert(name, member).is_some();
        }
        object(members, is_repeated).ok_or_else(|| {
            A::Error::custom("an object that is no identifier, no list of networks and no matrix of texts")
        })
    }
}

/// An identifier, networks or a matrix, the first that fits.
fn object(mut members: BTreeMap<String, Member>, is_repeated: bool) -> Option<Answer> {
    let is_of = |names: [&str; 2]| !is_repeated && members.keys().all(|name| names.contains(&name.as_str()));
    let is_text_or_absent =
        |name: &str| matches!(members.get(name), None | Some(Member::Text(_) | Member::Null));
    if is_of(["type", "value"])
        && is_text_or_absent("value")
        && matches!(members.get("type"), Some(Member::Text(_)))
    {
        let kind = text(members.remove("type"))?;
        return Some(Answer::Identifier(Identifier { kind, value: text(members.remove("value")) }));
    }
    if is_of(["codes", "other"])
        && is_text_or_absent("other")
        && matches!(members.get("codes"), Some(Member::List(_)))
    {
        let Some(Member::List(codes)) = members.remove("codes") else { return None };
        return Some(Answer::Networks(Networks { codes, other: text(members.remove("other")) }));
    }
    let rows = members.into_iter().map(|(row, member)| Some((row, text(Some(member))?)));
    Some(Answer::Matrix(rows.collect::<Option<_>>()?))
}

fn text(member: Option<Member>) -> Option<String> {
    match member {
        Some(Member::Text(text)) => Some(text),
        _ => None,
    }
}

/// What a member of an object may be.
enum Member {
    Text(String),
    List(BTreeSet<String>),
    Null,
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MemberShape)
    }
}

/// Reads a member of an object.
struct MemberShape;

impl<'de> Visitor<'de> for MemberShape {
    type Value = Member;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text or a list of texts")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Member, E> {
        Ok(Member::Text(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Member, E> {
        Ok(Member::Text(value))
    }

    fn visit_unit<E: Error>(self) -> Result<Member, E> {
        Ok(Member::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Member, A::Error> {
        let mut texts = BTreeSet::new();
        while let Some(text) = list.next_element()? {
            texts.insert(text);
        }
        Ok(Member::List(texts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Answers;

    fn read(json: &str) -> Option<Answer> {
        let answers = Answers::from_json(&format!("{{\"q\":{json}}}")).ok()?;
        answers.get("q").cloned()
    }

    #[test]
    fn each_shape_is_its_kind() {
        let identifier = |value: Option<&str>| {
            Answer::Identifier(Identifier { kind: "rna".to_owned(), value: value.map(str::to_owned) })
        };
        let networks = |other: Option<&str>| {
            let codes = ["a", "b"].map(str::to_owned).into();
            Answer::Networks(Networks { codes, other: other.map(str::to_owned) })
        };
        for (json, expected) in [
            ("-3", Answer::Integer(-3)),
            ("9223372036854775807", Answer::Integer(i64::MAX)),
            (r#""é\u0000""#, Answer::text("é\0")),
            (r#"["b","a","b"]"#, Answer::multiple(["a", "b"])),
            ("[]", Answer::multiple([])),
            (r#"{"type":"rna","value":"W1"}"#, identifier(Some("W1"))),
            (r#"{"type":"rna","value":null}"#, identifier(None)),
            (r#"{"type":"rna"}"#, identifier(None)),
            (r#"{"codes":["b","a"],"other":"x"}"#, networks(Some("x"))),
            (r#"{"codes":["a","b"]}"#, networks(None)),
            (r#"{"row":"yes","type":"no"}"#, Answer::matrix([("row", "yes"), ("type", "no")])),
            (r#"{"codes":"a"}"#, Answer::matrix([("codes", "a")])),
            (r#"{"value":"a"}"#, Answer::matrix([("value", "a")])),
            (r#"{"type":"a","type":"b"}"#, Answer::matrix([("type", "b")])),
            ("{}", Answer::matrix([])),
        ] {
            assert_eq!(read(json), Some(expected), "{json}");
        }
    }

    #[test]
    fn a_program_may_leave_a_question_blank_by_null() {
        let given: Given = serde_json::from_str(r#"{"a":"x","b":null,"c":null,"c":3}"#).expect("answers");
        assert_eq!(given.0.to_json(), r#"{"a":"x","c":3}"#);
        assert!(serde_json::from_str::<Given>(r#"{"a":true}"#).is_err());
    }

    #[test]
    fn what_has_no_shape_of_an_answer_is_refused() {
        for json in [
            "null",
            "true",
            "1.5",
            "9223372036854775808",
            "[1]",
            "[null]",
            r#"{"row":1}"#,
            r#"{"row":null}"#,
            r#"{"row":["a"]}"#,
            r#"{"type":["a"]}"#,
            r#"{"codes":["a"],"else":"b"}"#,
            r#"{"type":"a","value":["b"]}"#,
        ] {
            assert_eq!(read(json), None, "{json}");
        }
    }
}
