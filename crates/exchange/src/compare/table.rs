//! A comparison for a reader: counts, then what changed and nothing else.

use std::fmt::Write;

use super::verdict::{Change, Comparison, Level, Presence, Tally, Verdict};

/// Longer values are cut in the table; the JSON has them whole.
const LONGEST: usize = 400;

/// The comparison as a text of a few columns.
#[must_use]
pub fn table(comparison: &Comparison) -> String {
    let mut text = String::new();
    write_table(&mut text, comparison).expect("a String takes all that is written");
    text
}

fn write_table(out: &mut String, comparison: &Comparison) -> std::fmt::Result {
    let Comparison { old, new, counts, level, .. } = comparison;
    writeln!(out, "{} -> {}: {}", old.name, new.name, level.word())?;
    writeln!(out)?;
    for (name, tally) in
        [("questions", &counts.questions), ("derived", &counts.derived), ("indicators", &counts.indicators)]
    {
        if tally.old + tally.new > 0 {
            writeln!(out, "{name:<11} {}", words(tally))?;
        }
    }
    let mut languages: Vec<&String> =
        old.languages.iter().filter(|known| new.languages.contains(known)).collect();
    languages.sort();
    for language in languages {
        let count = |of: &std::collections::BTreeMap<String, usize>| of.get(language).copied().unwrap_or(0);
        let (reworded, retouched) = (count(&counts.reworded), count(&counts.retouched));
        let same = counts.questions.shared - reworded - retouched;
        writeln!(out, "texts in {language}  {same} identical, {retouched} retouched, {reworded} reworded")?;
    }
    if counts.questions.shared > 0 {
        writeln!(out, "answer lists with other codes or another order: {}", counts.answer_lists)?;
    }
    for (verb, from, to) in [("gone", old, new), ("new", new, old)] {
        let only: Vec<&str> = from
            .languages
            .iter()
            .filter(|language| !to.languages.contains(language))
            .map(String::as_str)
            .collect();
        if !only.is_empty() {
            writeln!(out, "languages {verb}: {}", only.join(", "))?;
        }
    }
    for side in [old, new] {
        for left_out in &side.left_out {
            writeln!(out, "not compared in {}: {left_out}", side.name)?;
        }
    }
    section(out, "Indicators", &comparison.indicators)?;
    section(out, "Derived variables", &comparison.derived)?;
    section(out, "Questions", &comparison.questions)
}

fn words(tally: &Tally) -> String {
    let mut words = format!("{} -> {}; {} in both", tally.old, tally.new, tally.shared);
    let levels = [
        (tally.identical, "identical"),
        (tally.harmless, "harmless"),
        (tally.to_decide, "to decide"),
        (tally.breaking, "breaking"),
    ];
    let list = |counts: &[(usize, &str)]| {
        let some = counts.iter().filter(|(count, _)| *count > 0);
        some.map(|(count, name)| format!("{count} {name}")).collect::<Vec<_>>().join(", ")
    };
    if tally.shared > 0 {
        words.push_str(": ");
        words.push_str(&list(&levels));
    }
    let others = [
        (tally.added, "new"),
        (tally.gone, "gone"),
        (tally.rotated, "rotated"),
        (tally.reused, "on a retired code"),
    ];
    let others = list(&others);
    if !others.is_empty() {
        words.push_str("; ");
        words.push_str(&others);
    }
    words
}

fn section(out: &mut String, title: &str, verdicts: &[Verdict]) -> std::fmt::Result {
    let mut is_first = true;
    for verdict in verdicts.iter().filter(|verdict| verdict.level > Level::Identical) {
        if is_first {
            writeln!(out, "\n{title}")?;
            is_first = false;
        }
        write!(out, "  {:<9}  {}", verdict.level.word(), verdict.code)?;
        match (verdict.presence, &verdict.retired) {
            (Presence::Both, _) => writeln!(out)?,
            (presence, None) => writeln!(out, "  {}", presence.word())?,
            (presence, Some(reason)) => writeln!(out, "  {} (retired: {reason})", presence.word())?,
        }
        for change in &verdict.changes {
            write_change(out, change)?;
        }
        for cause in &verdict.causes {
            let mut kinds: Vec<&str> = cause.changes.iter().map(|kind| kind.word()).collect();
            if cause.presence != Presence::Both {
                kinds.insert(0, cause.presence.word());
            }
            writeln!(out, "             reads {}: {}", cause.series, kinds.join(", "))?;
        }
    }
    Ok(())
}

fn write_change(out: &mut String, change: &Change) -> std::fmt::Result {
    write!(out, "             {}", change.kind.word())?;
    if let Some(item) = &change.item {
        write!(out, " `{item}`")?;
    }
    if let Some(language) = &change.language {
        write!(out, " ({language})")?;
    }
    writeln!(out)?;
    for (sign, value) in [('-', &change.old), ('+', &change.new)] {
        if let Some(value) = value {
            writeln!(out, "               {sign} {}", cut(value))?;
        }
    }
    Ok(())
}

/// One line, not too long, without what would move the terminal's cursor.
fn cut(value: &str) -> String {
    let mut shown: String = value
        .chars()
        .take(LONGEST)
        .map(|c| if c.is_control() && !c.is_whitespace() { '\u{fffd}' } else { c })
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if value.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}
