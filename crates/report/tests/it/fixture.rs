//! A made-up publication, every cell of which went through the rule.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use publication::{
    Band, Base, Breakdown, BreakdownWords, CalibrationInfo, Category, Caution, CellKey, Change, Chapter,
    ChartForm, ChartPlan, Count, Counts, Dimension, Direction, Domain, EditionInfo, Evolution, Finding,
    HeaviestShare, Indicator, Influence, InfluenceRow, ItemReliability, MarginInfo, MarginRow, Method,
    NetworkSector, PartReliability, Profile, ProfileRow, Provenance, Publication, Quality, Reference,
    Refused, Reliability, Rule, Series, Subject, Target, Tipping, TippingRow, Unit, Variant, WeightQuantile,
    WeightSpread, Why, Wording,
};
use report::Options;

pub(crate) const RULE: Rule = Rule { n_min: 11, n_fragile: 30, design_effect: 1.4, quantile: 1.96 };

pub const SCRIPT: &str = "<script>alert('réseau')</script>";
pub const FORMULA: &str = "=HYPERLINK(\"http://exemple.test\";\"clic\")";
pub const LONG: &str = "Part des organisations qui utilisent régulièrement, seules ou avec d’autres, un outil numérique \
     de gestion des adhésions, des dons, des bénévoles et des événements, quel qu’en soit le fournisseur";

/// A publication, simulated or not.
pub fn publication(is_simulated: bool) -> Publication {
    let indicators = indicators();
    let breakdowns = breakdowns();
    let mut cells = BTreeMap::new();
    for (index, indicator) in indicators.iter().enumerate() {
        let (low, high) = indicator.unit.range();
        let share = SHARES[index % SHARES.len()];
        let mut put = |domain: Domain, shift: f64, n: u32| {
            let share = (share + shift).clamp(0.0, 1.0);
            let base = Base { n, largest_share: if n == 0 { 0.0 } else { 1.0 / f64::from(n) } };
            let cell = RULE.publish(low + share * (high - low), indicator.unit, base);
            cells.insert(CellKey { domain, indicator: indicator.code.clone() }, cell);
        };
        put(Domain::All, 0.0, if indicator.code == "NIE" { 7 } else { 2776 });
        for breakdown in &breakdowns {
            for (rank, category) in breakdown.categories.iter().enumerate() {
                let shift = [0.02, -0.13, 0.2, -0.02, 0.0][rank % 5];
                put(Domain::of(&breakdown.code, &category.code), shift, SIZES[rank % SIZES.len()]);
            }
        }
    }
    Publication {
        schema_version: publication::SCHEMA_VERSION,
        edition: EditionInfo {
            survey: "maturite-numerique".to_owned(),
            edition: "2026".to_owned(),
            title: "Baromètre de l’ESS numérique 2026".to_owned(),
            publisher: "SOGA".to_owned(),
            field_start: "2026-03-01".to_owned(),
            field_end: "2026-04-30".to_owned(),
            is_simulated,
        },
        provenance: Provenance {
            software: "0.1.0".to_owned(),
            questionnaire: "a".repeat(64),
            definition: BTreeMap::from([("plan.toml".to_owned(), "b".repeat(64))]),
            extract: "c".repeat(64),
        },
        counts: counts(),
        method: method(),
        dimensions: vec![
            Dimension { code: "STR".to_owned(), label: "Stratégie".to_owned() },
            Dimension { code: "USG".to_owned(), label: "Usages".to_owned() },
        ],
        headline: [
            "STR_IMPORTANT",
            "MAT_EXPERIMENTEE",
            "MAT_PROGRES",
            "MAT_PEU_INITIEE",
            "INDICE",
            "DII_BASE",
            "RARE",
        ]
        .map(str::to_owned)
        .to_vec(),
        chapters: chapters(),
        profiles: vec![profile()],
        network_sectors: vec![NetworkSector {
            network: "R0".to_owned(),
            breakdown: "taille".to_owned(),
            category: "grande".to_owned(),
        }],
        references: references(),
        translations: BTreeMap::new(),
        wordings: wordings(),
        quality: quality(),
        evolution: Some(evolution()),
        release: publication::Release::default(),
        indicators,
        breakdowns,
        cells,
    }
}

/// Shares of the indicators, over and over: ordinary ones and both ends.
const SHARES: [f64; 12] = [0.87, 0.22, 0.53, 0.22, 0.476, 0.61, 0.0, 1.0, 0.34, 0.39, 0.005, 0.73];

/// Respondents of the categories, over and over: every tier and a withheld one.
const SIZES: [u32; 7] = [1240, 150, 62, 27, 14, 8, 412];

fn counts() -> Counts {
    let count = |code: &str, label: &str, shown: Option<u32>| Count {
        code: code.to_owned(),
        label: label.to_owned(),
        shown,
    };
    Counts {
        states: vec![
            count("commence", "Questionnaires commencés", Some(4120)),
            count("envoye", "Envoyés", Some(2840)),
        ],
        excluded: vec![count("duplicate", "Doublons", Some(60)), count("hors_ess", "Hors ESS", None)],
        valid: 2780,
    }
}

fn method() -> Method {
    Method {
        n_min: 11,
        n_fragile: 30,
        confidence: 0.95,
        design_effect: 1.4,
        n_effective: 1980,
        weight_ratio: (0.31, 3.0),
        calibration: vec![CalibrationInfo {
            label: "Employeurs".to_owned(),
            total: 153_746.0,
            n: number(1420),
            margins: vec![MarginInfo {
                label: "Famille".to_owned(),
                source: "Insee, Flores".to_owned(),
                year: "2022".to_owned(),
                rows: vec![
                    MarginRow {
                        label: "Association".to_owned(),
                        target: 84.2,
                        before: share(0.91),
                        after: share(0.842),
                        caution: None,
                    },
                    MarginRow {
                        label: SCRIPT.to_owned(),
                        target: 15.8,
                        before: None,
                        after: None,
                        caution: Some(Caution::FewRespondents),
                    },
                ],
            }],
        }],
        not_weighted: vec!["Réseau".to_owned()],
        notes: vec!["Les poids sont rognés à trois fois la moyenne.".to_owned()],
    }
}

/// One rise among the key figures, one in a category, and what may not be compared.
fn evolution() -> Evolution {
    let point = |value: f64| share(value / 100.0).expect("a large base");
    let change = |category: Option<(&str, &str)>, before: f64, after: f64, direction| Change {
        category: category.map(|(breakdown, code)| (breakdown.to_owned(), code.to_owned())),
        before: point(before),
        after: point(after),
        difference: after - before,
        direction,
    };
    let series = |indicator: &str, is_headline, changes| Series {
        indicator: indicator.to_owned(),
        is_headline,
        factor: None,
        notes: vec!["Les mots changent, non le sens (Conseil, 2026-01-12)".to_owned()],
        changes,
    };
    let refused = |indicator: &str, why, reason: Option<&str>| Refused {
        indicator: indicator.to_owned(),
        label: format!("Part {indicator}"),
        why,
        reason: reason.map(str::to_owned),
    };
    Evolution {
        edition: "2024".to_owned(),
        title: "Baromètre de l'ESS numérique 2024".to_owned(),
        has_same_margins: false,
        series: vec![
            series(
                "STR_IMPORTANT",
                true,
                vec![
                    change(None, 83.0, 87.0, Direction::Up),
                    change(Some(("taille", "grande")), 70.0, 89.0, Direction::Up),
                ],
            ),
            series("LONGUE", false, vec![change(None, 36.0, 34.0, Direction::Unclear)]),
        ],
        refused: vec![
            refused("A", Why::Alone, None),
            refused("B", Why::Undecided, None),
            refused("C", Why::Broken, Some("la question a changé")),
        ],
    }
}

/// Two parts that agree, one network of two that weighs.
fn quality() -> Quality {
    let point = |value: f64| share(value / 100.0).expect("a large base");
    let variant = |mean, moved| Variant { mean: point(mean), moved: point(moved) };
    let part = |label: &str, alpha| PartReliability {
        label: label.to_owned(),
        alpha_without: None,
        alpha: Some(point(alpha)),
        items: vec![ItemReliability {
            question: "Quels outils utilisez-vous ?".to_owned(),
            alpha_without: Some(point(alpha - 2.0)),
        }],
        without: Some(variant(44.0, 17.0)),
    };
    Quality {
        weights: Some(WeightSpread {
            quantiles: vec![
                WeightQuantile { percent: 1, g: None },
                WeightQuantile { percent: 50, g: Some(0.83) },
                WeightQuantile { percent: 90, g: Some(1.9) },
            ],
            heaviest: vec![
                HeaviestShare { percent: 1, share: None },
                HeaviestShare { percent: 5, share: Some(point(14.0)) },
            ],
        }),
        reliability: Some(Reliability {
            label: "Indice de maturité".to_owned(),
            n: number(2410).expect("a large base"),
            alpha: point(73.0),
            alpha_unweighted: point(75.0),
            mean: point(48.0),
            parts: vec![part("Stratégie", 66.0), part("Usages", 71.0)],
            geometric: Some(variant(41.0, 28.0)),
        }),
        influence: Some(Influence {
            indicators: ["STR_IMPORTANT", "INDICE", "RARE"].map(str::to_owned).to_vec(),
            rows: vec![InfluenceRow {
                breakdown: "reseau".to_owned(),
                category: "R0".to_owned(),
                bands: vec![Some(Band::UnderOne), Some(Band::MoreThanTwo), None],
            }],
        }),
        tipping: Some(Tipping {
            points: 5.0,
            response_percent: 0.19,
            rows: vec![TippingRow { indicator: "STR_IMPORTANT".to_owned(), down: Some(82.0), up: None }],
        }),
    }
}

fn number(n: u32) -> Option<publication::NumberShown> {
    RULE.number(Base { n, largest_share: f64::from(n).recip() })
}

fn share(value: f64) -> Option<publication::Displayed> {
    RULE.display(value * 100.0, Unit::Percent, Base { n: 2776, largest_share: 0.001 })
}

fn indicators() -> Vec<Indicator> {
    let mut indicators: Vec<Indicator> = [
        (
            "STR_IMPORTANT",
            "Part des organisations pour lesquelles le numérique est important ou indispensable",
        ),
        ("MAT_EXPERIMENTEE", "Part des organisations expérimentées"),
        ("MAT_PROGRES", "Part des organisations en progrès"),
        ("MAT_PEU_INITIEE", "Part des organisations peu initiées"),
        ("INDICE", "Indice de maturité"),
        ("DII_BASE", "Part des organisations au niveau de base d’intensité numérique"),
        ("JAMAIS", "Part de celles qui n’ont jamais eu d’ordinateur"),
        ("TOUJOURS", "Part de celles qui ont une adresse électronique"),
        ("LONGUE", LONG),
        ("HOSTILE", SCRIPT),
        ("RARE", "Part de celles qui ont essayé un tableur quantique"),
        ("FORMULE", FORMULA),
        ("NIE", "Part de celles dont presque personne n’a répondu"),
        ("NB_OUTILS", "Nombre moyen d’outils"),
        ("FREIN_TEMPS", "Part des organisations freinées par le manque de temps"),
    ]
    .map(|(code, label)| indicator(code, label))
    .to_vec();
    for indicator in &mut indicators {
        match indicator.code.as_str() {
            "STR_IMPORTANT" => {
                indicator.published_2022 = Some(87.0);
                indicator.unweighted = share(0.93);
                indicator.no_answer = share(0.03);
            }
            "INDICE" => indicator.unit = Unit::Points,
            "NB_OUTILS" => indicator.unit = Unit::Number { most: 18.0 },
            "DII_BASE" => {
                indicator.target =
                    Some(Target { value: 90.0, year: 2030, source: "Décennie numérique".to_owned() });
            }
            _ => {}
        }
    }
    indicators
}

fn indicator(code: &str, label: &str) -> Indicator {
    Indicator {
        code: code.to_owned(),
        label: label.to_owned(),
        dimension: "STR".to_owned(),
        unit: Unit::Percent,
        numerator: format!("{} in {{oui}}", code.to_lowercase()),
        base: format!("asked({})", code.to_lowercase()),
        base_label: "ensemble des répondantes".to_owned(),
        denominator: None,
        questions: vec!["Pour votre organisation, le numérique est-il… ?".to_owned()],
        target: None,
        comparable: None,
        published_2022: None,
        unweighted: None,
        no_answer: None,
        note: Some("Non-réponses « nsp » comprises & gardées".to_owned()),
    }
}

fn breakdowns() -> Vec<Breakdown> {
    let category = |code: &str, label: &str, n: u32| Category {
        code: code.to_owned(),
        label: label.to_owned(),
        n: RULE.number(Base { n, largest_share: 1.0 / f64::from(n) }),
    };
    let sizes =
        [("grande", "50 salariés et plus"), ("moyenne", "10 à 49 salariés"), ("petite", "1 à 9 salariés")];
    let networks = [
        ("R0", "Fédération nationale des réseaux associatifs de développement local"),
        ("R1", SCRIPT),
        ("R2", FORMULA),
        ("R3", "Réseau \"entre guillemets\" ; et point-virgule"),
        ("R4", "Quatorze"),
        ("R5", "Huit"),
        ("R6", "Coopératives"),
    ];
    vec![
        Breakdown {
            code: "taille".to_owned(),
            label: "Taille".to_owned(),
            is_overlapping: false,
            categories: sizes.iter().zip(SIZES).map(|((code, label), n)| category(code, label, n)).collect(),
        },
        Breakdown {
            code: "reseau".to_owned(),
            label: "Réseau".to_owned(),
            is_overlapping: true,
            categories: networks
                .iter()
                .zip(SIZES)
                .map(|((code, label), n)| category(code, label, n))
                .collect(),
        },
    ]
}

fn chart(
    code: &str,
    title: &str,
    form: ChartForm,
    indicators: &[&str],
    breakdown: Option<&str>,
) -> ChartPlan {
    ChartPlan {
        code: code.to_owned(),
        title: title.to_owned(),
        form,
        indicators: indicators.iter().map(|code| (*code).to_owned()).collect(),
        labels: Vec::new(),
        breakdown: breakdown.map(str::to_owned),
    }
}

fn chapters() -> Vec<Chapter> {
    let every =
        ["STR_IMPORTANT", "JAMAIS", "TOUJOURS", "LONGUE", "HOSTILE", "RARE", "FORMULE", "NIE", "DII_BASE"];
    let levels = ["MAT_EXPERIMENTEE", "MAT_PROGRES", "MAT_PEU_INITIEE"];
    let chapter = |code: &str, title: &str, charts: Vec<ChartPlan>| Chapter {
        code: code.to_owned(),
        title: title.to_owned(),
        text: Some("Ce que les répondantes en disent.".to_owned()),
        charts,
    };
    vec![
        chapter(
            "place",
            SCRIPT,
            vec![
                chart("classement", "À quoi sert le numérique ?", ChartForm::Ranked, &every, None),
                chart("barres-reseau", LONG, ChartForm::Bars, &["STR_IMPORTANT", "LONGUE"], Some("reseau")),
                chart("niveaux", "Où en sont les répondantes ?", ChartForm::Stacked, &levels, None),
                chart(
                    "niveaux-reseau",
                    "Où en sont les réseaux ?",
                    ChartForm::Stacked,
                    &levels,
                    Some("reseau"),
                ),
            ],
        ),
        chapter(
            "europe",
            "Vers les objectifs européens",
            vec![
                chart(
                    "points",
                    "L’importance, par réseau",
                    ChartForm::Dots,
                    &["STR_IMPORTANT"],
                    Some("reseau"),
                ),
                chart("points-3", "Trois niveaux, par taille", ChartForm::Dots, &levels, Some("taille")),
                chart("cible", "La cible de 2030", ChartForm::Bullet, &["DII_BASE", "LONGUE", "NIE"], None),
                chart("scores", "Les scores", ChartForm::Scores, &["INDICE"], Some("taille")),
                chart("outils", "Combien d’outils ?", ChartForm::Bars, &["NB_OUTILS"], None),
                chart(
                    "recouvrement",
                    "Parts qui se recouvrent",
                    ChartForm::Stacked,
                    &["STR_IMPORTANT", "DII_BASE"],
                    None,
                ),
            ],
        ),
    ]
}

fn profile() -> Profile {
    let row =
        |category: &str, sample, weighted| ProfileRow { category: category.to_owned(), sample, weighted };
    Profile {
        breakdown: "taille".to_owned(),
        rows: vec![
            row("grande", share(0.12), share(0.03)),
            row("moyenne", share(0.2), share(0.14)),
            row("petite", None, share(0.995)),
            row("sans", None, None),
        ],
    }
}

fn references() -> Vec<Reference> {
    let reference = |value: &str, is_drawable: bool| Reference {
        series: "RS".to_owned(),
        indicator: Some("STR_IMPORTANT".to_owned()),
        label: "Numérique important".to_owned(),
        year: "2022".to_owned(),
        value: value.to_owned(),
        unit: "%".to_owned(),
        base: "responsables associatifs".to_owned(),
        n: "2776".to_owned(),
        source: "R&S".to_owned(),
        url: "https://exemple.test/etude".to_owned(),
        verification: if is_drawable { "lu" } else { "seed" }.to_owned(),
        note: "Champ différent.".to_owned(),
        is_drawable,
    };
    vec![reference("53", true), reference("87", false)]
}

/// The files of a site, by path.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The site of the simulated publication, made once, without the PDF.
pub static SITE: LazyLock<Files> =
    LazyLock::new(|| write(&publication(true), Options::default().without_pdf().without_png()));

/// Writes a publication and reads back every file.
pub fn write(publication: &Publication, options: Options) -> Files {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let written = report::write(publication, folder.path(), options).expect("the report is written");
    written
        .files
        .iter()
        .map(|path| (path.to_string_lossy().into_owned(), read(&folder.path().join(path))))
        .collect()
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).expect("a listed file exists")
}

/// Files whose name ends so, as text.
pub fn texts<'a>(files: &'a Files, ending: &str) -> Vec<(&'a str, &'a str)> {
    files
        .iter()
        .filter(|(path, _)| path.ends_with(ending))
        .map(|(path, bytes)| (path.as_str(), std::str::from_utf8(bytes).expect("UTF-8")))
        .collect()
}

/// Words of findings for some of the indicators: the others have labels only.
fn wordings() -> BTreeMap<String, Wording> {
    let mut wording = Wording::default();
    let subject = |singular: &str, plural: &str| Subject {
        singular: singular.to_owned(),
        plural: plural.to_owned(),
        is_feminine: true,
    };
    wording.subjects.insert("organisation".to_owned(), subject("organisation", "organisations"));
    for (code, text, topic) in [
        ("STR_IMPORTANT", "[juge|jugent] le numérique important", Some("l'importance du numérique")),
        ("MAT_EXPERIMENTEE", "se [dit|disent] [expérimentée|expérimentées]", None),
        ("MAT_PROGRES", "se [dit|disent] en progrès", None),
        ("MAT_PEU_INITIEE", "se [dit|disent] peu [initiée|initiées]", None),
        ("INDICE", "l'indice de maturité atteint {}", Some("l'indice")),
        ("DII_BASE", "[atteint|atteignent] le niveau de base", None),
        ("NB_OUTILS", "les organisations utilisent en moyenne {} outils", None),
        ("FREIN_TEMPS", "[manque|manquent] de temps", Some("le manque de temps")),
    ] {
        let topic = topic.map(str::to_owned);
        let finding = Finding { text: text.to_owned(), subject: "organisation".to_owned(), topic };
        wording.findings.insert(code.to_owned(), finding);
    }
    let by = BreakdownWords { by: "selon la taille".to_owned(), rising: None };
    wording.breakdowns.insert("taille".to_owned(), by);
    wording.rankings.insert("classement".to_owned(), "des usages".to_owned());
    BTreeMap::from([("fr".to_owned(), wording)])
}
