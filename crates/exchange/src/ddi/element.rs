//! A small tree of elements: the codebook is built as values, then written once.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::archive::Texts;

/// An element with attributes, and either elements or a text inside.
#[derive(Debug, Clone)]
pub(super) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    children: Vec<Element>,
    text: Option<String>,
}

impl Element {
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), children: Vec::new(), text: None }
    }

    /// An element that holds a text.
    pub(super) fn text(name: &'static str, text: &str) -> Self {
        Self { text: Some(text.to_owned()), ..Self::new(name) }
    }

    /// One element for each language of a text.
    pub(super) fn texts(name: &'static str, texts: &Texts) -> Vec<Self> {
        texts.iter().map(|(language, text)| Self::text(name, text).attribute("xml:lang", language)).collect()
    }

    pub(super) fn attribute(mut self, name: &'static str, value: &str) -> Self {
        self.attributes.push((name, value.to_owned()));
        self
    }

    pub(super) fn child(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    pub(super) fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children);
        self
    }

    /// Whether there is nothing inside: the schema wants no such element in places.
    pub(super) fn is_empty(&self) -> bool {
        self.children.is_empty() && self.text.is_none()
    }

    /// The document of which this is the root.
    pub(super) fn into_document(self) -> String {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        writer
            .write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))
            .and_then(|()| self.write(&mut writer))
            .expect("writing to memory does not fail");
        let mut text =
            String::from_utf8(writer.into_inner()).expect("what was written is made of texts and ASCII");
        text.push('\n');
        text
    }

    fn write(&self, writer: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
        let mut start = BytesStart::new(self.name);
        for (name, value) in &self.attributes {
            start.push_attribute((*name, legal(value).as_str()));
        }
        if self.is_empty() {
            return writer.write_event(Event::Empty(start));
        }
        writer.write_event(Event::Start(start))?;
        match &self.text {
            Some(text) => writer.write_event(Event::Text(BytesText::new(&legal(text))))?,
            None => self.children.iter().try_for_each(|child| child.write(writer))?,
        }
        writer.write_event(Event::End(BytesEnd::new(self.name)))
    }
}

/// The text without the characters that XML 1.0 cannot hold, not even escaped.
fn legal(text: &str) -> String {
    let is_illegal = |c: char| match c {
        '\t' | '\n' | '\r' => false,
        _ => c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'),
    };
    text.chars().filter(|c| !is_illegal(*c)).collect()
}
