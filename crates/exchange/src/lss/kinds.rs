//! The types of LimeSurvey's questions and what becomes of them.

/// What becomes of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One of the answers of the table.
    Single,
    /// One of these answers.
    Fixed(Scale),
    /// Any of the subquestions.
    Multiple,
    /// One of the answers of the table for each subquestion.
    Matrix,
    /// One of these answers for each subquestion.
    FixedMatrix(Scale),
    /// A number.
    Number,
    /// A text of at most this many characters, on several lines or not.
    Text(i64, bool),
    /// Nothing is asked: a text to read, a computed value.
    Nothing(&'static str),
    /// Something a form cannot hold.
    Unknown(&'static str),
}

/// Answers that LimeSurvey knows by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    /// Points from 1 to this.
    Points(u8),
    /// `Y`, `N`.
    YesNo,
    /// `Y`, `U`, `N`.
    YesUncertainNo,
    /// `I`, `S`, `D`.
    IncreaseSameDecrease,
    /// `F`, `M`.
    Gender,
}

/// Most characters of a text, where the file gives no limit: ours, and said so.
const SHORT: i64 = 255;
const LONG: i64 = 4_000;

/// What becomes of a type, and what of it is not carried over.
pub(super) fn shape(kind: &str) -> (Shape, Option<&'static str>) {
    let shape = match kind {
        "L" | "!" => Shape::Single,
        "O" => return (Shape::Single, Some("the comment beside the answer")),
        "5" => Shape::Fixed(Scale::Points(5)),
        "Y" => Shape::Fixed(Scale::YesNo),
        "G" => Shape::Fixed(Scale::Gender),
        "M" => Shape::Multiple,
        "P" => return (Shape::Multiple, Some("the comments beside the answers")),
        "F" => Shape::Matrix,
        "H" => return (Shape::Matrix, Some("its drawing by columns")),
        "A" => Shape::FixedMatrix(Scale::Points(5)),
        "B" => Shape::FixedMatrix(Scale::Points(10)),
        "C" => Shape::FixedMatrix(Scale::YesUncertainNo),
        "E" => Shape::FixedMatrix(Scale::IncreaseSameDecrease),
        "N" => Shape::Number,
        "S" => Shape::Text(SHORT, false),
        "T" | "U" => Shape::Text(LONG, true),
        "X" => Shape::Nothing("a text to read"),
        "*" => Shape::Nothing("a computed value (write a derived variable)"),
        "I" => Shape::Nothing("a choice of language"),
        "D" => Shape::Unknown("a date"),
        "1" => Shape::Unknown("a matrix of two scales"),
        "K" => Shape::Unknown("several numbers"),
        "Q" => Shape::Unknown("several texts"),
        "R" => Shape::Unknown("a ranking"),
        ":" => Shape::Unknown("a matrix of numbers"),
        ";" => Shape::Unknown("a matrix of texts"),
        "|" => Shape::Unknown("a file"),
        _ => Shape::Unknown("a type that is not known"),
    };
    (shape, None)
}

impl Scale {
    /// The answers: code, label in French, label in English.
    pub(super) fn answers(self) -> Vec<(String, &'static str, &'static str)> {
        let few = |answers: &[(&str, &'static str, &'static str)]| {
            answers.iter().map(|(code, french, english)| ((*code).to_owned(), *french, *english)).collect()
        };
        match self {
            // A point has no words of its own.
            Self::Points(most) => (1..=most).map(|point| (point.to_string(), "", "")).collect(),
            Self::YesNo => few(&[("Y", "Oui", "Yes"), ("N", "Non", "No")]),
            Self::YesUncertainNo => {
                few(&[("Y", "Oui", "Yes"), ("U", "Indécis", "Uncertain"), ("N", "Non", "No")])
            }
            Self::IncreaseSameDecrease => few(&[
                ("I", "Augmenter", "Increase"),
                ("S", "Sans changement", "Same"),
                ("D", "Diminuer", "Decrease"),
            ]),
            Self::Gender => few(&[("F", "Femme", "Female"), ("M", "Homme", "Male")]),
        }
    }
}

/// Attributes that say how a question looks, or nothing that a form would say otherwise.
const LOOKS: [&str; 49] = [
    "answer_width",
    "answer_width_bycolumn",
    "answer_order_custom",
    "array_filter_style",
    "category_separator",
    "clear_default",
    "cssclass",
    "display_columns",
    "display_rows",
    "display_type",
    "dropdown_prefix",
    "dropdown_separators",
    "dropdown_size",
    "em_validation_q_tip",
    "em_validation_sq_tip",
    "exclude_all_others_auto",
    "hide_tip",
    "horizontal_scroll",
    "image",
    "input_boxes",
    "input_size",
    "keep_aspect",
    "label_input_columns",
    "location_mapheight",
    "location_mapwidth",
    "location_mapzoom",
    "num_value_int_only",
    "other_position",
    "other_position_code",
    "other_replace_text",
    "page_break",
    "placeholder",
    "printable_help",
    "public_statistics",
    "rating",
    "repeat_headings",
    "save_as_default",
    "scale_export",
    "slider_rating",
    "statistics_graphtype",
    "statistics_showgraph",
    "statistics_showmap",
    "text_input_columns",
    "text_input_width",
    "time_limit_action",
    "time_limit_countdown_message",
    "time_limit_disable_next",
    "time_limit_disable_prev",
    "time_limit_message",
];

/// Whether a form says by itself what this attribute says of a question of this shape.
fn is_carried(name: &str, shape: &Shape) -> bool {
    match name {
        // What is hidden is left out whole, and said so; the look of a question is its author's.
        "hidden" | "question_template" => true,
        "array_filter" => matches!(shape, Shape::Multiple | Shape::Matrix | Shape::FixedMatrix(_)),
        "exclude_all_others" | "max_answers" => matches!(shape, Shape::Multiple),
        "max_num_value_n" | "min_num_value_n" => matches!(shape, Shape::Number),
        "maximum_chars" => matches!(shape, Shape::Text(..)),
        _ => false,
    }
}

/// Whether an attribute of a question of this shape says nothing that is lost.
pub(super) fn is_silent(name: &str, value: &str, shape: &Shape) -> bool {
    let is_default = matches!(value, "" | "0" | "N" | "normal" | "default" | "[]");
    is_default || LOOKS.contains(&name) || is_carried(name, shape)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_is_passed_over_only_where_a_form_says_the_same() {
        assert!(!is_silent("numbers_only", "1", &Shape::Text(100, false)), "a text would take anything");
        assert!(is_silent("array_filter", "outils", &Shape::Multiple));
        assert!(!is_silent("array_filter", "outils", &Shape::Single), "all answers would be offered");
        assert!(!is_silent("maximum_chars", "4", &Shape::Number));
        assert!(!is_silent("exclude_all_others", "A1", &Shape::Matrix));
        assert!(is_silent("exclude_all_others", "", &Shape::Matrix), "it says nothing");
    }
}
