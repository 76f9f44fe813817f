//! What stands in a chapter beside its charts and is no result of the survey: how many cards the directory of actors has,
//! and figures that the publisher asks for.

use publication::Publication;

use crate::content::{Block, Section, Table};
use crate::context::Context;
use crate::note;
use crate::pdf::{Annexes, DirectoryCount};
use crate::typography::typeset;

/// What stands beside the charts of the chapters, whatever the language.
pub(crate) struct Beside<'a> {
    directory: Option<&'a DirectoryCount>,
    /// Chapter, then places among the outside series: labels differ from language to language.
    targets: Vec<(&'a str, Vec<usize>)>,
}

impl<'a> Beside<'a> {
    /// `publication` is as it was read: labels are looked for as they were written.
    pub(crate) fn new(publication: &Publication, annexes: &'a Annexes) -> Self {
        let targets = annexes.targets.iter().map(|targets| {
            let places = targets.labels.iter().filter_map(|label| targets.place(publication, label));
            (targets.chapter.as_str(), places.collect())
        });
        Self { directory: annexes.directory.as_ref(), targets: targets.collect() }
    }

    /// The sections of a chapter.
    pub(crate) fn sections(&self, context: &Context<'_>, chapter: &str) -> Vec<Section> {
        let directory = self.directory.filter(|found| found.chapter == chapter && found.cards > 0);
        let mut sections: Vec<Section> = directory.map(|count| cards(context, count)).into_iter().collect();
        let places: Vec<usize> = self
            .targets
            .iter()
            .filter(|(code, _)| *code == chapter)
            .flat_map(|(_, places)| places.clone())
            .collect();
        if !places.is_empty() {
            sections.push(asked_for(context, &places));
        }
        sections
    }
}

fn cards(context: &Context<'_>, count: &DirectoryCount) -> Section {
    // The directory speaks French alone.
    let label = |text: &str| context.foreign(&typeset(text));
    let number = |cards: usize| context.words.thousands(u32::try_from(cards).unwrap_or(u32::MAX));
    let key = if count.cards == 1 { "beside.card" } else { "beside.cards" };
    let cards = context.fill(key, &[("n", &number(count.cards))]);
    let values = [("title", label(&count.title)), ("cards", cards), ("edition", count.edition.clone())];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    let table = |caption: &str, first: &str, counted: &[(String, usize)]| {
        let mut table = Table::new(
            context.say(caption).to_owned(),
            [context.say(first), context.say("beside.column_cards")],
        );
        table.rows = counted.iter().map(|(name, cards)| vec![label(name), number(*cards)]).collect();
        table
    };
    let families = table("beside.by_family", "beside.column_family", &count.families);
    let mut regions = table("beside.by_region", "beside.column_region", &count.regions);
    if count.without_region > 0 {
        let unknown = context.say("beside.no_region").to_owned();
        regions.rows.push(vec![unknown, number(count.without_region)]);
    }
    Section {
        id: "annuaire".to_owned(),
        title: context.say("beside.directory").to_owned(),
        blocks: vec![
            Block::Text { text: context.fill("beside.directory_text", &values) },
            Block::Table(families),
            Block::Table(regions),
        ],
    }
}

fn asked_for(context: &Context<'_>, places: &[usize]) -> Section {
    let publisher = [("publisher", context.publication.edition.publisher.as_str())];
    let columns = ["beside.column_target", "beside.column_value", "column.remark"];
    let mut table =
        Table::new(context.fill("beside.targets_caption", &publisher), columns.map(|key| context.say(key)));
    let mut sources: Vec<&str> = Vec::new();
    for reference in places.iter().filter_map(|place| context.publication.references.get(*place)) {
        let value = note::reference_value(context, &reference.value, &context.foreign(&reference.unit));
        table.rows.push(vec![reference.label.clone(), value, reference.note.clone()]);
        if !sources.contains(&reference.source.as_str()) {
            sources.push(&reference.source);
        }
    }
    let mut blocks =
        vec![Block::Text { text: context.fill("beside.targets_text", &publisher) }, Block::Table(table)];
    let source = |source: &&str| Block::Text { text: context.fill("beside.source", &[("source", source)]) };
    blocks.extend(sources.iter().map(source));
    Section { id: "cibles".to_owned(), title: context.fill("beside.targets", &publisher), blocks }
}
