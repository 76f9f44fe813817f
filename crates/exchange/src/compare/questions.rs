//! Verdicts on questions.

use std::collections::{BTreeMap, BTreeSet};

use super::logic::Expression;
use super::outline::{Item, Outline, Question, Texts};
use super::verdict::{Change, ChangeKind, Level, Presence, Verdict};
use super::wording::{Distance, distance};

/// The verdicts on the questions of both, in the order of the new one, those that are gone last.
pub(super) fn verdicts(old: &Outline, new: &Outline) -> Vec<Verdict> {
    let before: BTreeMap<&str, &Question> =
        old.questions.iter().map(|question| (question.code.as_str(), question)).collect();
    let moved = moved(old, new);
    let mut verdicts = Vec::new();
    for question in &new.questions {
        let code = question.code.as_str();
        let Some(earlier) = before.get(code) else {
            let retired = old.retired.get(code);
            let presence = match retired {
                Some(_) => Presence::Reused,
                None if question.is_rotating => Presence::Rotated,
                None => Presence::New,
            };
            verdicts.push(alone(code, presence, retired.cloned()));
            continue;
        };
        let mut changes = changes(earlier, question, &old.retired);
        if let Some((from, to)) = moved.get(code) {
            changes.push(Change::new(ChangeKind::Moved).values(Some(from), Some(to)));
        }
        verdicts.push(both(code, changes));
    }
    let after: BTreeSet<&str> = new.questions.iter().map(|question| question.code.as_str()).collect();
    for question in old.questions.iter().filter(|question| !after.contains(question.code.as_str())) {
        let presence = if question.is_rotating { Presence::Rotated } else { Presence::Gone };
        verdicts.push(alone(&question.code, presence, None));
    }
    verdicts
}

/// The verdict on something that is in both.
pub(super) fn both(code: &str, mut changes: Vec<Change>) -> Verdict {
    changes.sort_by(|a, b| (b.level, a.kind).cmp(&(a.level, b.kind)));
    let level = changes.iter().map(|change| change.level).max().unwrap_or(Level::Identical);
    Verdict {
        code: code.to_owned(),
        level,
        presence: Presence::Both,
        retired: None,
        changes,
        causes: Vec::new(),
        reads: Vec::new(),
    }
}

/// The verdict on something that is in one only.
pub(super) fn alone(code: &str, presence: Presence, retired: Option<String>) -> Verdict {
    Verdict {
        code: code.to_owned(),
        level: presence.level(),
        presence,
        retired,
        changes: Vec::new(),
        causes: Vec::new(),
        reads: Vec::new(),
    }
}

fn changes(old: &Question, new: &Question, retired: &BTreeMap<String, String>) -> Vec<Change> {
    let mut changes = Vec::new();
    if old.kind != new.kind {
        changes.push(Change::new(ChangeKind::TypeChanged).values(Some(&old.kind), Some(&new.kind)));
    }
    wordings(&mut changes, &old.texts, &new.texts, None, [ChangeKind::Retouched, ChangeKind::Reworded]);
    wordings(&mut changes, &old.help, &new.help, None, [ChangeKind::HelpChanged; 2]);
    wordings(&mut changes, &old.base_labels, &new.base_labels, None, [ChangeKind::BaseLabelChanged; 2]);
    base(&mut changes, ChangeKind::BaseChanged, None, old.show_if.as_ref(), new.show_if.as_ref());
    items(&mut changes, &OPTIONS, old, new, retired);
    items(&mut changes, &ROWS, old, new, retired);
    for name in old.limits.keys().chain(new.limits.keys()).collect::<BTreeSet<_>>() {
        let (before, after) = (old.limits.get(name), new.limits.get(name));
        if before != after {
            changes.push(Change::new(ChangeKind::LimitsChanged).item(name).values(before, after));
        }
    }
    if old.source != new.source {
        let change = Change::new(ChangeKind::SourceChanged);
        changes.push(change.values(old.source.as_ref(), new.source.as_ref()));
    }
    if old.score != new.score {
        let change = Change::new(ChangeKind::ScoreChanged);
        changes.push(change.values(old.score.as_ref(), new.score.as_ref()));
    }
    for (kind, before, after) in [
        (ChangeKind::RequiredChanged, old.is_required, new.is_required),
        (ChangeKind::RotatingChanged, old.is_rotating, new.is_rotating),
    ] {
        if before != after {
            changes.push(Change::new(kind).values(Some(before.to_string()), Some(after.to_string())));
        }
    }
    changes
}

/// Compares texts in the languages that both have.
fn wordings(
    changes: &mut Vec<Change>,
    old: &Texts,
    new: &Texts,
    item: Option<&str>,
    [retouched, reworded]: [ChangeKind; 2],
) {
    for language in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        let (before, after) = (old.get(language), new.get(language));
        let kind = match (before, after) {
            (Some(before), Some(after)) => match distance(before, after) {
                Distance::Identical => continue,
                Distance::Retouched => retouched,
                Distance::Reworded => reworded,
            },
            // A help that appears or goes is a change of help; a language that comes or goes is none of a text.
            _ if matches!(reworded, ChangeKind::HelpChanged | ChangeKind::BaseLabelChanged) => reworded,
            _ => continue,
        };
        let change = Change::new(kind).language(language).values(before, after);
        changes.push(match item {
            Some(item) => change.item(item),
            None => change,
        });
    }
}

fn base(
    changes: &mut Vec<Change>,
    kind: ChangeKind,
    item: Option<&str>,
    old: Option<&Expression>,
    new: Option<&Expression>,
) {
    if old != new {
        let change = Change::new(kind).values(old.map(|old| &old.text), new.map(|new| &new.text));
        changes.push(match item {
            Some(item) => change.item(item),
            None => change,
        });
    }
}

/// What is said of answers, or of rows.
struct Names {
    of: fn(&Question) -> &[Item],
    added: ChangeKind,
    removed: ChangeKind,
    reused: ChangeKind,
    reordered: ChangeKind,
    words: [ChangeKind; 2],
    base: ChangeKind,
}

const OPTIONS: Names = Names {
    of: |question| &question.options,
    added: ChangeKind::OptionsAdded,
    removed: ChangeKind::OptionsRemoved,
    reused: ChangeKind::OptionReused,
    reordered: ChangeKind::OptionsReordered,
    words: [ChangeKind::OptionRetouched, ChangeKind::OptionRelabelled],
    base: ChangeKind::OptionBaseChanged,
};

const ROWS: Names = Names {
    of: |question| &question.rows,
    added: ChangeKind::RowsAdded,
    removed: ChangeKind::RowsRemoved,
    reused: ChangeKind::RowReused,
    reordered: ChangeKind::RowsReordered,
    words: [ChangeKind::RowRetouched, ChangeKind::RowRelabelled],
    base: ChangeKind::RowBaseChanged,
};

fn items(
    changes: &mut Vec<Change>,
    names: &Names,
    old: &Question,
    new: &Question,
    retired: &BTreeMap<String, String>,
) {
    let (before, after) = ((names.of)(old), (names.of)(new));
    let find = |items: &'_ [Item], code: &str| items.iter().position(|item| item.code == code);
    for item in before.iter().filter(|item| find(after, &item.code).is_none()) {
        changes.push(Change::new(names.removed).item(&item.code).values(first(&item.texts), None::<String>));
    }
    let mut places = Vec::new();
    for (place, item) in after.iter().enumerate() {
        let Some(index) = find(before, &item.code) else {
            let is_reused = retired.contains_key(&format!("{}.{}", new.code, item.code));
            let kind = if is_reused { names.reused } else { names.added };
            changes.push(Change::new(kind).item(&item.code).values(None::<String>, first(&item.texts)));
            continue;
        };
        places.push((index, place));
        let earlier = &before[index];
        wordings(changes, &earlier.texts, &item.texts, Some(&item.code), names.words);
        base(changes, names.base, Some(&item.code), earlier.show_if.as_ref(), item.show_if.as_ref());
        if earlier.points != item.points {
            let points = |item: &Item| item.points.map(|points| points.to_string());
            let change = Change::new(ChangeKind::PointsChanged).item(&item.code);
            changes.push(change.values(points(earlier), points(item)));
        }
        if earlier.group != item.group {
            let change = Change::new(ChangeKind::Moved).item(&item.code);
            changes.push(change.values(earlier.group.as_ref(), item.group.as_ref()));
        }
        if earlier.rules != item.rules {
            let rules = |item: &Item| {
                Some(item.rules.iter().cloned().collect::<Vec<_>>().join(", "))
                    .filter(|rules| !rules.is_empty())
            };
            let change = Change::new(ChangeKind::OptionRulesChanged).item(&item.code);
            changes.push(change.values(rules(earlier), rules(item)));
        }
    }
    if !places.is_sorted() {
        let kept = |items: &[Item], other: &[Item]| {
            let kept = items.iter().filter(|item| find(other, &item.code).is_some());
            kept.map(|item| item.code.as_str()).collect::<Vec<_>>().join(", ")
        };
        let change = Change::new(names.reordered);
        changes.push(change.values(Some(kept(before, after)), Some(kept(after, before))));
    }
}

fn first(texts: &Texts) -> Option<&String> {
    texts.values().next()
}

/// The questions that are asked elsewhere: in another section or screen, or in another order. Of the order, as few
/// as will explain it: the question that crosses most others first, until none crosses another.
fn moved<'o>(old: &'o Outline, new: &'o Outline) -> BTreeMap<&'o str, (String, String)> {
    let place_after: BTreeMap<&str, usize> =
        new.questions.iter().enumerate().map(|(index, question)| (question.code.as_str(), index)).collect();
    let shared: Vec<(&Question, &Question)> = old
        .questions
        .iter()
        .filter_map(|question| Some((question, &new.questions[*place_after.get(question.code.as_str())?])))
        .collect();
    let place = |outline: &Outline, question: &Question| {
        let index = outline.questions.iter().position(|known| known.code == question.code).unwrap_or(0);
        let before = match index {
            0 => "first".to_owned(),
            _ => format!("after {}", outline.questions[index - 1].code),
        };
        format!("section {}, screen {}, {before}", question.section, question.screen)
    };
    let codes: Vec<&str> = shared.iter().map(|(old, _)| old.code.as_str()).collect();
    let crossing = crossing(&codes, &place_after);
    let is_moved = |before: &Question, after: &Question| {
        (&before.section, &before.screen) != (&after.section, &after.screen)
            || crossing.contains(before.code.as_str())
    };
    shared
        .into_iter()
        .filter(|(before, after)| is_moved(before, after))
        .map(|(before, after)| (before.code.as_str(), (place(old, before), place(new, after))))
        .collect()
}

/// The fewest codes, found greedily, without which the others keep their order.
fn crossing<'c>(codes: &[&'c str], place_after: &BTreeMap<&str, usize>) -> BTreeSet<&'c str> {
    let places: Vec<usize> = codes.iter().map(|code| place_after[code]).collect();
    let crosses = |a: usize, b: usize| (a < b) != (places[a] < places[b]);
    if places.is_sorted() {
        return BTreeSet::new();
    }
    let mut counts: Vec<usize> =
        (0..codes.len()).map(|a| (0..codes.len()).filter(|b| *b != a && crosses(a, *b)).count()).collect();
    let mut removed = vec![false; codes.len()];
    let mut moved = BTreeSet::new();
    while let Some(worst) = (0..codes.len())
        .filter(|index| !removed[*index] && counts[*index] > 0)
        .max_by(|a, b| counts[*a].cmp(&counts[*b]).then_with(|| codes[*b].cmp(codes[*a])))
    {
        removed[worst] = true;
        moved.insert(codes[worst]);
        for other in 0..codes.len() {
            if !removed[other] && crosses(worst, other) {
                counts[other] -= 1;
            }
        }
    }
    moved
}
