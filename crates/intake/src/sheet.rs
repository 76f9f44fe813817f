//! What a page to keep says, before it is a page or a PDF: both are made from the same sheet, so that they say the same.

use serde::Serialize;

/// A page to keep: the result, or the receipt.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sheet {
    /// Code of its language.
    pub language: &'static str,
    /// Which sheet it is, for instance `maturite-numerique/2026/resultat`; no secret, no name.
    pub identity: String,
    /// Title.
    pub title: String,
    /// The survey.
    pub survey: String,
    /// Who publishes it.
    pub publisher: String,
    /// That answers are simulated, when they are.
    pub banner: Option<String>,
    /// How pages are numbered: `{page}` and `{pages}` are filled in by the printer.
    pub page_of: String,
    /// What stands first.
    pub lead: String,
    /// Its sections.
    pub sections: Vec<Section>,
}

/// A part of a sheet under a heading.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Section {
    /// Heading.
    pub title: String,
    /// Whether it is the one that is read first.
    pub is_main: bool,
    /// What it says.
    pub parts: Vec<Part>,
}

/// Something that a section says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Part {
    /// A paragraph.
    Text {
        /// It.
        text: String,
    },
    /// A sentence that counts.
    Strong {
        /// It.
        text: String,
    },
    /// An explanation.
    Hint {
        /// It.
        text: String,
    },
    /// A score on a scale of named levels.
    Scale {
        /// The score and its words.
        bar: Bar,
        /// The levels from the lowest, and whether each is the one reached.
        levels: Vec<(String, bool)>,
    },
    /// Scores with their bars.
    Bars {
        /// The scores.
        rows: Vec<Bar>,
    },
    /// Things that are so, are not, or are not known.
    Verdicts {
        /// The things.
        rows: Vec<Verdict>,
    },
    /// A list.
    List {
        /// Its items.
        items: Vec<String>,
    },
    /// What to do next, in order.
    Steps {
        /// The steps.
        items: Vec<Step>,
    },
    /// Names and values.
    Pairs {
        /// Name, then value.
        rows: Vec<(String, String)>,
    },
    /// Where to go.
    Links {
        /// The places.
        items: Vec<Link>,
    },
}

/// A score from 0 to 100.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bar {
    /// What is measured.
    pub label: String,
    /// The score, when measured.
    pub value: Option<f64>,
    /// It in words.
    pub words: String,
    /// What others have: the part of the scale.
    pub others: Option<(f64, f64)>,
    /// It in words.
    pub others_words: Option<String>,
}

/// Something that is so, is not, or is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// What.
    pub label: String,
    /// Whether it is so.
    pub is_so: Option<bool>,
    /// The same in a word.
    pub word: String,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What.
    pub title: String,
    /// Where it comes from.
    pub detail: String,
    /// What stands before the link.
    pub begin: String,
    /// A free resource to begin with.
    pub link: Option<Link>,
}

/// A place on the web.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Its name.
    pub name: String,
    /// Its address; nothing for somebody whose address is not known.
    pub url: Option<String>,
    /// What is found there.
    pub about: String,
}
