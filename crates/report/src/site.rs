//! Everything of an edition, written under one folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use publication::{Indicator, Publication};

use crate::chart::{self, Chart};
use crate::context::{Context, file_name};
use crate::error::ReportError;
use crate::language::{self, Language};
use crate::network::{self, Network, NetworkTables};
use crate::page::{self, Site};
use crate::pdf::Annexes;
use crate::place::{self, Place};
use crate::words::Words;
use crate::{content, downloads, fonts, pdf};

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
    let mut files = render(publication, annexes, options, place)?;
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
) -> Result<BTreeMap<String, Vec<u8>>, ReportError> {
    check_names(publication)?;
    annexes.check(publication)?;
    let mut files = BTreeMap::new();
    for language in Language::ALL {
        if language == Language::English && !options.has_english {
            continue;
        }
        render_in(language, publication, annexes, options, place, &mut files)?;
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
    Ok(files)
}

/// The charts and pages of one language; in the first, also the files that all share.
fn render_in(
    language: Language,
    publication: &Publication,
    annexes: &Annexes,
    options: Options,
    place: &Place,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), ReportError> {
    let publication = &language::localised(publication, language);
    let context = &Context::new(publication, Words::of(language))?;
    let mut charts: Vec<Vec<Chart>> = Vec::new();
    for chapter in &publication.chapters {
        let mut drawn = Vec::new();
        for plan in &chapter.charts {
            drawn.extend(chart::planned(context, plan)?);
        }
        charts.push(drawn);
    }
    let mut profiles: Vec<Chart> = chart::funnel(context)?.into_iter().collect();
    for profile in &publication.profiles {
        profiles.extend(chart::profile(context, profile)?);
    }
    let mut indicators: Vec<(&Indicator, Chart)> = Vec::new();
    for indicator in &publication.indicators {
        if let Some(chart) = chart::of_indicator(context, indicator)? {
            put_drawings(files, &chart, language);
            if options.has_png {
                let path = format!("{}{}", language.folder(), page::image_path(&indicator.code));
                files.insert(path, chart::share(context, indicator)?);
            }
            indicators.push((indicator, chart));
        }
    }
    for chart in charts.iter().flatten().chain(&profiles) {
        put_chart(files, chart, language, options)?;
    }
    let networks: Vec<(Network<'_>, NetworkTables)> = network::shown(context)
        .into_iter()
        .map(|network| (network, network::tables(context, network)))
        .collect();
    let keys = content::key_figures(context);
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
    };
    for page in page::all(&site) {
        files.insert(page.path, page.html.into_bytes());
    }
    if language == Language::French {
        for (network, tables) in &networks {
            files.insert(page::csv_path(*network), downloads::network(context, tables));
        }
        files.insert("donnees.csv".to_owned(), downloads::figures(context));
        if options.has_pdf {
            let content =
                pdf::Content { keys: &keys, charts: &charts, profiles: &profiles, networks: &networks };
            files.insert("rapport.pdf".to_owned(), pdf::full(context, &content, annexes)?);
            files.insert("essentiel.pdf".to_owned(), pdf::essential(context, annexes)?);
        }
    }
    Ok(())
}

fn put_chart(
    files: &mut BTreeMap<String, Vec<u8>>,
    chart: &Chart,
    language: Language,
    options: Options,
) -> Result<(), ReportError> {
    let path = |ending: &str| format!("{}charts/{}{ending}", language.folder(), chart.name);
    if options.has_png {
        // The small one is for those who take the pictures of the edition, in its own language.
        let sizes: &[(&str, u8)] =
            if language == Language::French { &[(".png", 2), ("-1x.png", 1)] } else { &[(".png", 2)] };
        for &(ending, scale) in sizes {
            let png = chart::png(&chart.wide.svg, scale)
                .map_err(|message| ReportError::Chart { chart: chart.name.clone(), message })?;
            files.insert(path(ending), png);
        }
    }
    put_drawings(files, chart, language);
    Ok(())
}

fn put_drawings(files: &mut BTreeMap<String, Vec<u8>>, chart: &Chart, language: Language) {
    for (ending, drawing) in [(".svg", &chart.wide), ("-etroit.svg", &chart.narrow)] {
        let path = format!("{}charts/{}{ending}", language.folder(), chart.name);
        files.insert(path, drawing.svg.clone().into_bytes());
    }
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
