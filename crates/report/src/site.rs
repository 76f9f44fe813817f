//! Everything of an edition, written under one folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use publication::{Indicator, Publication};

use crate::beside::Beside;
use crate::chart::{self, Chart};
use crate::context::{Context, file_name};
use crate::error::ReportError;
use crate::language::{self, Language};
use crate::network::{self, Network, NetworkTables};
use crate::page::{self, Site};
use crate::pdf::Annexes;
use crate::place::{self, Place};
use crate::words::Words;
use crate::workshop::Workshop;
use crate::{content, downloads, fonts, pdf};

/// Files by their path.
type Files = BTreeMap<String, Vec<u8>>;

/// A part of the report that is made by itself, beside the others.
type Part<'a> = Box<dyn Fn() -> Result<Vec<(String, Vec<u8>)>, ReportError> + Sync + 'a>;

/// Names every file of a report, so that the next one can remove what it no longer has.
const LIST: &str = "fichiers.txt";

/// What to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Whether to compose the PDF, the longest part.
    pub has_pdf: bool,
    /// Whether to render charts as PNG beside their SVG.
    pub has_png: bool,
    /// Whether to write the site in English too.
    pub has_english: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { has_pdf: true, has_png: true, has_english: true }
    }
}

impl Options {
    /// Without the PDF.
    #[must_use]
    pub fn without_pdf(mut self) -> Self {
        self.has_pdf = false;
        self
    }

    /// In French alone; pages still name the English ones.
    #[must_use]
    pub fn in_french(mut self) -> Self {
        self.has_english = false;
        self
    }

    /// Without the PNG files; pages still name them.
    #[must_use]
    pub fn without_png(mut self) -> Self {
        self.has_png = false;
        self
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Written {
    /// The first page.
    pub index: PathBuf,
    /// The report, if it was asked for.
    pub pdf: Option<PathBuf>,
    /// Every file, relative to the folder, in order.
    pub files: Vec<PathBuf>,
}

/// Writes a publication as a site, charts, downloads and a PDF under `out`, which is created when it is missing.
/// Files of an earlier report in the same folder that this one no longer has are removed; other files are left.
///
/// # Errors
///
/// When two codes would share a file, a date of the edition is not one, a chart or the PDF cannot be made, or a file
/// cannot be written.
pub fn write(publication: &Publication, out: &Path, options: Options) -> Result<Written, ReportError> {
    write_with(publication, &Annexes::default(), &Place::default(), out, options)
}

/// The same, with what the publisher adds to the figures in the PDF documents, for a site whose place is known: pages
/// then say their full address, and lead to the other editions.
///
/// # Errors
///
/// As [`write()`], and when the annexes do not stand on the publication.
pub fn write_with(
    publication: &Publication,
    annexes: &Annexes,
    place: &Place,
    out: &Path,
    options: Options,
) -> Result<Written, ReportError> {
    write_in(publication, annexes, place, out, options, &Workshop::new())
}

/// Writes the same with what a workshop has: what it keeps is not drawn again, and the files are the same.
///
/// # Errors
///
/// As [`write_with()`].
pub fn write_in(
    publication: &Publication,
    annexes: &Annexes,
    place: &Place,
    out: &Path,
    options: Options,
    workshop: &Workshop,
) -> Result<Written, ReportError> {
    let mut files = render(publication, annexes, options, place, workshop)?;
    let list: String = files.keys().map(|path| format!("{path}\n")).collect();
    files.insert(LIST.to_owned(), list.into_bytes());
    remove_former(out, &files)?;
    for (path, bytes) in &files {
        let path = out.join(path);
        let failed = |source| ReportError::Io { path: path.clone(), source };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        fs::write(&path, bytes).map_err(failed)?;
    }
    workshop.sweep();
    pdf::forget();
    Ok(Written {
        index: out.join("index.html"),
        pdf: options.has_pdf.then(|| out.join("rapport.pdf")),
        files: files.into_keys().map(PathBuf::from).collect(),
    })
}

/// Removes what an earlier report left here and this one does not write again: the page of a network that may no
/// longer be shown must not outlive it. Only files that the earlier report listed as its own are touched.
fn remove_former(out: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<(), ReportError> {
    let Ok(former) = fs::read_to_string(out.join(LIST)) else { return Ok(()) };
    for path in former.lines().filter(|path| !files.contains_key(*path)) {
        let is_inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        if !is_inside {
            continue;
        }
        let path = out.join(path);
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(source) => return Err(ReportError::Io { path, source }),
        }
    }
    Ok(())
}

/// Every file of the edition, by its path.
fn render(
    publication: &Publication,
    annexes: &Annexes,
    options: Options,
    place: &Place,
    workshop: &Workshop,
) -> Result<Files, ReportError> {
    check_names(publication)?;
    annexes.check(publication)?;
    let beside = Beside::new(publication, annexes);
    let mut files = workshop.files_beside().clone();
    for language in Language::ALL {
        if language == Language::French || options.has_english {
            let local = language::localised(publication, language);
            let context = Context::new(&local, Words::of(language), workshop)?;
            render_in(language, &context, (annexes, &beside), options, place, &mut files)?;
        }
    }
    files.insert("style.css".to_owned(), include_bytes!("../../../reports/templates/style.css").to_vec());
    files.extend(place.file().map(|bytes| (place::FILE.to_owned(), bytes)));
    files.insert(
        "barometre.js".to_owned(),
        include_bytes!("../../../reports/templates/barometre.js").to_vec(),
    );
    for (path, bytes) in fonts::WEB {
        files.insert(path.to_owned(), bytes.to_vec());
    }
    // Last: it says how large the others are.
    let local = language::localised(publication, Language::French);
    let context = Context::new(&local, Words::of(Language::French), workshop)?;
    let entry = downloads::catalogue(&context, place, &files);
    files.insert(downloads::CATALOGUE.to_owned(), entry);
    Ok(files)
}

/// The charts and pages of one language; in the first, also the files that all share.
fn render_in(
    language: Language,
    context: &Context<'_>,
    (annexes, beside): (&Annexes, &Beside<'_>),
    options: Options,
    place: &Place,
    files: &mut Files,
) -> Result<(), ReportError> {
    let (publication, workshop) = (context.publication, context.workshop);
    let charts = planned(context)?;
    let mut profiles: Vec<Chart> = chart::funnel(context)?.into_iter().collect();
    let drawn = workshop.each(&publication.profiles, |profile| chart::profile(context, profile))?;
    profiles.extend(drawn.into_iter().flatten());
    let drawn =
        workshop.each(&publication.indicators, |indicator| chart::of_indicator(context, indicator))?;
    let indicators: Vec<(&Indicator, Chart)> = publication
        .indicators
        .iter()
        .zip(drawn)
        .filter_map(|(indicator, chart)| Some((indicator, chart?)))
        .collect();
    let shown = network::shown(context);
    let tables = workshop.each(&shown, |network| {
        let membership = annexes.members.iter().find(|found| found.network == network.category.code);
        Ok::<_, ReportError>(network::tables(context, *network, membership))
    })?;
    let networks: Vec<(Network<'_>, NetworkTables)> = shown.into_iter().zip(tables).collect();
    let keys = content::key_figures(context);
    let content =
        pdf::Content { keys: &keys, charts: &charts, profiles: &profiles, networks: &networks, beside };

    // The longest first: the others are made meanwhile.
    let mut parts: Vec<Part<'_>> = Vec::new();
    if language == Language::French {
        parts.extend(shared_parts(context, &content, annexes, options));
    }
    if options.has_pdf {
        let (path, charts) = (pdf::essential_file(context).to_owned(), &charts);
        parts.push(Box::new(move || Ok(vec![(path.clone(), pdf::essential(context, charts, annexes)?)])));
    }
    for (indicator, chart) in &indicators {
        parts.push(Box::new(move || {
            let mut made = drawings(chart, language);
            if options.has_png {
                let path = format!("{}{}", language.folder(), page::image_path(&indicator.code));
                made.push((path, chart::share(context, indicator)?));
            }
            Ok(made)
        }));
    }
    for chart in charts.iter().flatten().chain(&profiles) {
        parts.push(Box::new(move || chart_files(context, chart, language, options)));
    }
    files.extend(workshop.each(&parts, |part| part())?.into_iter().flatten());
    drop(parts);

    let site = Site {
        context,
        charts: &charts,
        profiles: &profiles,
        keys: &keys,
        networks: &networks,
        has_pdf: options.has_pdf,
        language,
        indicators: &indicators,
        place,
        beside,
    };
    for page in page::all(&site) {
        files.insert(page.path, page.html.into_bytes());
    }
    Ok(())
}

/// The files that all languages share: documents, tables, workbooks, what is about a network.
fn shared_parts<'a>(
    context: &'a Context<'_>,
    content: &'a pdf::Content<'a>,
    annexes: &'a Annexes,
    options: Options,
) -> Vec<Part<'a>> {
    let mut parts: Vec<Part<'a>> = Vec::new();
    let one = |name: &str, bytes: Vec<u8>| vec![(name.to_owned(), bytes)];
    if options.has_pdf {
        parts.push(Box::new(move || Ok(one("rapport.pdf", pdf::full(context, content, annexes)?))));
    }
    parts.push(Box::new(move || Ok(one(downloads::WORKBOOK, downloads::workbook(context)?))));
    for (network, tables) in content.networks {
        parts.push(Box::new(move || network_files(context, *network, tables, options)));
    }
    parts.push(Box::new(move || Ok(one(downloads::FIGURES, downloads::figures(context)))));
    parts.push(Box::new(move || Ok(one(downloads::SPREADSHEET, downloads::spreadsheet(context)))));
    parts.push(Box::new(move || Ok(one(downloads::DICTIONARY, downloads::dictionary(context)))));
    parts
}

/// The charts of each chapter, in order.
fn planned(context: &Context<'_>) -> Result<Vec<Vec<Chart>>, ReportError> {
    let chapters = &context.publication.chapters;
    let plans: Vec<_> = chapters
        .iter()
        .enumerate()
        .flat_map(|(index, chapter)| chapter.charts.iter().map(move |plan| (index, plan)))
        .collect();
    let drawn = context.workshop.each(&plans, |(_, plan)| chart::planned(context, plan))?;
    let mut charts = vec![Vec::new(); chapters.len()];
    for ((chapter, _), chart) in plans.into_iter().zip(drawn) {
        charts[chapter].extend(chart);
    }
    Ok(charts)
}

/// Every planned chart as SVG, by its name.
///
/// # Errors
///
/// When a date of the edition is not one or a chart cannot be drawn.
pub fn charts(publication: &Publication) -> Result<BTreeMap<String, String>, ReportError> {
    let workshop = Workshop::new();
    let local = language::localised(publication, Language::French);
    let context = Context::new(&local, Words::of(Language::French), &workshop)?;
    Ok(planned(&context)?.into_iter().flatten().map(|chart| (chart.name, chart.wide.svg)).collect())
}

/// The files of a chart.
fn chart_files(
    context: &Context<'_>,
    chart: &Chart,
    language: Language,
    options: Options,
) -> Result<Vec<(String, Vec<u8>)>, ReportError> {
    let mut files = drawings(chart, language);
    if options.has_png {
        // The small one is for those who take the pictures of the edition, in its own language.
        let sizes: &[(&str, u8)] =
            if language == Language::French { &[(".png", 2), ("-1x.png", 1)] } else { &[(".png", 2)] };
        for &(ending, scale) in sizes {
            let path = format!("{}charts/{}{ending}", language.folder(), chart.name);
            files.push((path, chart::picture(context, chart, scale)?));
        }
    }
    Ok(files)
}

/// A chart in two widths.
fn drawings(chart: &Chart, language: Language) -> Vec<(String, Vec<u8>)> {
    [(".svg", &chart.wide), ("-etroit.svg", &chart.narrow)]
        .map(|(ending, drawing)| {
            let path = format!("{}charts/{}{ending}", language.folder(), chart.name);
            (path, drawing.svg.clone().into_bytes())
        })
        .to_vec()
}

/// The files of a network.
fn network_files(
    context: &Context<'_>,
    network: Network<'_>,
    tables: &NetworkTables,
    options: Options,
) -> Result<Vec<(String, Vec<u8>)>, ReportError> {
    let path = |ending: &str| page::network_file(network, ending);
    let mut files = vec![
        (path("csv"), downloads::network(context, tables)),
        (path("xlsx"), downloads::network_workbook(context, network, tables)?),
    ];
    if options.has_pdf {
        files.push((path("pdf"), pdf::pack(context, network, tables)?));
    }
    Ok(files)
}

/// Codes that differ must not share a file, even where the disk ignores case.
fn check_names(publication: &Publication) -> Result<(), ReportError> {
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    let charts = publication.chapters.iter().flat_map(|chapter| &chapter.charts);
    let networks = publication.breakdown(network::BREAKDOWN).into_iter().flat_map(|found| &found.categories);
    let named = (publication.chapters.iter().map(|chapter| ("chapitres/", chapter.code.as_str())))
        .chain(publication.indicators.iter().map(|indicator| ("indicateurs/", indicator.code.as_str())))
        .chain(charts.map(|chart| ("charts/", chart.code.as_str())))
        .chain(publication.profiles.iter().map(|profile| ("charts/profil-", profile.breakdown.as_str())))
        .chain(publication.indicators.iter().map(|indicator| ("charts/indicateur-", indicator.code.as_str())))
        .chain(networks.map(|category| ("reseaux/", category.code.as_str())))
        .chain([("indicateurs/", "index"), ("chapitres/", "qui-a-repondu"), ("charts/", "collecte")]);
    for (folder, code) in named {
        let path = format!("{folder}{}", file_name(code).to_lowercase());
        if let Some(first) = taken.insert(path.clone(), code) {
            return Err(ReportError::SameFile { first: first.to_owned(), second: code.to_owned(), path });
        }
    }
    Ok(())
}
