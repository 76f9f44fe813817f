//! The rows of `survey` as a tree of groups.

use super::Making;
use super::page::Page;

/// What a row says it is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum RowType {
    Begin,
    End,
    BeginRepeat,
    EndRepeat,
    /// `select_one`: its list, and whether « other » is offered without being a choice.
    Single(String, bool),
    Multiple(String, bool),
    Integer,
    Text,
    Calculate,
    /// What a form does not hold.
    Unknown(String),
}

/// A row or a group of rows.
pub(super) enum Item {
    Question(u32, RowType),
    Group(Group),
}

/// A group.
pub(super) struct Group {
    pub row: u32,
    pub items: Vec<Item>,
}

impl RowType {
    fn read(text: &str) -> Self {
        let words: Vec<&str> = text.split_whitespace().collect();
        let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
        let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
        let has_other = lower.last() == Some(&"or_other");
        let list = |at: usize| words.get(at).map(|list| (*list).to_owned()).unwrap_or_default();
        match lower.as_slice() {
            ["begin_group"] | ["begin", "group"] => Self::Begin,
            ["end_group"] | ["end", "group"] => Self::End,
            ["begin_repeat"] | ["begin", "repeat"] => Self::BeginRepeat,
            ["end_repeat"] | ["end", "repeat"] => Self::EndRepeat,
            ["select_one" | "select1", _] | ["select_one" | "select1", _, "or_other"] => {
                Self::Single(list(1), has_other)
            }
            ["select", "one", _] => Self::Single(list(2), false),
            ["select_multiple", _] | ["select_multiple", _, "or_other"] => Self::Multiple(list(1), has_other),
            ["select", "multiple", _] => Self::Multiple(list(2), false),
            ["integer" | "int"] => Self::Integer,
            ["text" | "string"] => Self::Text,
            ["calculate"] => Self::Calculate,
            _ => Self::Unknown(text.to_owned()),
        }
    }
}

/// Reads the tree. Repeats are lost whole; a group that is not closed is a fault.
pub(super) fn read(making: &mut Making, page: &Page<'_>) -> Vec<Item> {
    let mut top = Vec::new();
    let mut open: Vec<Group> = Vec::new();
    let mut repeats: Vec<u32> = Vec::new();
    for row in page.rows.keys().copied() {
        let Some((text, place)) = page.take(row, "type") else {
            page.lose_row(row, "a row without a type is not a question", &mut making.losses);
            continue;
        };
        let row_type = RowType::read(text);
        match (&row_type, repeats.is_empty()) {
            (RowType::BeginRepeat, _) => {
                page.lose_row(row, "a repeat is not carried over, nor what is in it", &mut making.losses);
                repeats.push(row);
            }
            (RowType::EndRepeat, false) => {
                page.lose_row(row, "the end of a repeat", &mut making.losses);
                repeats.pop();
            }
            (RowType::EndRepeat, true) => {
                making.faults.push(page.table.fault(place, "no repeat is open here; delete the row"));
            }
            (_, false) => {
                page.lose_row(row, format!("`{text}` is in a repeat: not carried over"), &mut making.losses);
            }
            (RowType::Begin, true) => open.push(Group { row, items: Vec::new() }),
            (RowType::End, true) => match open.pop() {
                None => making.faults.push(page.table.fault(place, "no group is open here; delete the row")),
                Some(group) => {
                    // Some write the name of the group again.
                    page.take(row, "name");
                    open.last_mut().map_or(&mut top, |outer| &mut outer.items).push(Item::Group(group));
                }
            },
            _ => {
                open.last_mut()
                    .map_or(&mut top, |outer| &mut outer.items)
                    .push(Item::Question(row, row_type));
            }
        }
    }
    let unclosed = open.iter().map(|group| (group.row, "end_group"));
    for (row, end) in unclosed.chain(repeats.iter().map(|row| (*row, "end_repeat"))) {
        if let Some((_, place)) = page.peek(row, "type") {
            let message = format!("this is never closed (expected a row `{end}` below)");
            making.faults.push(page.table.fault(place, message));
        }
    }
    top
}
