//! The arrows between our crates and the promises that no compiler checks, read off the manifests and the sources.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId, TargetKind};
use end_to_end::workspace;

/// Which of our crates each of our crates may name. What is not here is not one of our crates.
const ARROWS: [(&str, &[&str]); 18] = [
    ("questionnaire", &[]),
    ("store", &["questionnaire"]),
    ("store-sqlite", &["store", "questionnaire"]),
    ("store-postgres", &["store", "questionnaire"]),
    ("intake", &["store", "questionnaire", "publication"]),
    ("load", &["intake", "questionnaire", "store", "store-postgres", "store-sqlite"]),
    ("portal", &["store", "publication", "report"]),
    ("extract", &["questionnaire"]),
    ("analysis", &["audit", "estimation", "extract", "questionnaire", "publication"]),
    ("estimation", &[]),
    ("exchange", &["questionnaire"]),
    ("publication", &[]),
    ("report", &["publication"]),
    ("directory", &["questionnaire"]),
    ("audit", &[]),
    ("verification", &["audit"]),
    ("cli", EVERYTHING),
    ("end-to-end", EVERYTHING),
];

/// What the binary and the journeys may name.
const EVERYTHING: &[&str] = &[
    "analysis",
    "audit",
    "directory",
    "estimation",
    "exchange",
    "extract",
    "intake",
    "load",
    "portal",
    "publication",
    "questionnaire",
    "report",
    "store",
    "store-postgres",
    "store-sqlite",
    "verification",
];

/// What must not be reached from a crate, however many steps away: names, or beginnings of names.
const OUT_OF_REACH: [(&str, &[&str]); 6] = [
    // An unprotected estimate and an answer have no path to paper or screen.
    ("report", &["analysis", "extract", "questionnaire", "store", "sqlx", "axum"]),
    ("portal", &["analysis", "extract", "questionnaire", "sqlx", "polars"]),
    // The extract and the publication on disk are all that crosses from one half to the other.
    ("intake", &["polars", "plotters", "typst", "resvg", "analysis", "extract", "report"]),
    ("analysis", &["sqlx", "axum", "store", "plotters", "typst", "resvg"]),
    ("publication", &["questionnaire", "extract", "store", "polars", "sqlx", "axum"]),
    // Cards are made of answers handed over one by one: nothing in it can fetch another.
    ("directory", &["store", "extract", "analysis", "polars", "sqlx", "axum", "tokio"]),
];

/// The trait by which a page of `maud` becomes an answer of axum. `intake` asks for it, and the graph of the whole
/// workspace shows what any of its crates asks for; there is no server in it.
const HARMLESS: [&str; 1] = ["axum-core"];

/// Crates that give the same for the same, and what would make them do otherwise when they name it themselves.
const PURE: [&str; 5] = ["questionnaire", "analysis", "publication", "report", "directory"];
const IMPURE: [&str; 10] =
    ["axum", "fastrand", "getrandom", "jiff", "rand", "rand_chacha", "reqwest", "sqlx", "time", "tokio"];

/// The clock, the environment, the network and chance, as the sources would name them.
const SHORTCUTS: [&str; 8] = [
    "SystemTime::now",
    "Instant::now",
    "Utc::now",
    "Local::now",
    "std::env::var",
    "std::net::",
    "thread_rng",
    "RandomState",
];

/// The crates that may speak SQL.
const SPEAK_SQL: [&str; 2] = ["store-postgres", "store-sqlite"];

/// Most lines of a source.
const MOST_LINES: usize = 600;

static METADATA: LazyLock<Metadata> = LazyLock::new(|| {
    let rustc = Command::new("rustc").args(["--print", "host-tuple"]).output().expect("rustc is there");
    let host = String::from_utf8(rustc.stdout).expect("the name of a platform is text");
    // Of this platform only: what other platforms need was never downloaded.
    MetadataCommand::new()
        .current_dir(workspace())
        .other_options(["--locked".to_owned(), "--filter-platform".to_owned(), host.trim().to_owned()])
        .exec()
        .expect("the manifests and the lock file agree")
});

fn ours() -> BTreeMap<&'static str, &'static Package> {
    METADATA.workspace_packages().into_iter().map(|package| (package.name.as_str(), package)).collect()
}

fn package(name: &str) -> &'static Package {
    ours().get(name).copied().unwrap_or_else(|| panic!("there is no crate `{name}`"))
}

/// The names of everything built into a crate, with one way to each.
fn reached(name: &str) -> BTreeMap<String, String> {
    let resolve = METADATA.resolve.as_ref().expect("the dependencies were resolved");
    let nodes: BTreeMap<&PackageId, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let mut ways: BTreeMap<&PackageId, String> = BTreeMap::from([(&package(name).id, name.to_owned())]);
    let mut waiting = vec![&package(name).id];
    while let Some(id) = waiting.pop() {
        for dependency in &nodes[id].deps {
            let is_built_in = dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal);
            if is_built_in && !ways.contains_key(&dependency.pkg) {
                let way = format!("{} → {}", ways[id], METADATA[&dependency.pkg].name);
                ways.insert(&dependency.pkg, way);
                waiting.push(&dependency.pkg);
            }
        }
    }
    ways.remove(&package(name).id);
    ways.into_iter().map(|(id, way)| (METADATA[id].name.to_string(), way)).collect()
}

/// The sources of a crate, tests included, with their text.
fn sources(package: &Package) -> BTreeMap<PathBuf, String> {
    let root = package.manifest_path.parent().expect("a manifest is in a folder");
    let mut found = BTreeMap::new();
    let mut folders = vec![PathBuf::from(root)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources can be read") {
            let path = entry.expect("a folder says what it holds").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source is text");
                found.insert(path, text);
            }
        }
    }
    found
}

fn manifest(package: &Package) -> toml::Table {
    let text = fs::read_to_string(&package.manifest_path).expect("a manifest can be read");
    text.parse().expect("a manifest is TOML")
}

#[test]
fn crates_name_only_the_crates_that_the_arrows_allow() {
    let ours = ours();
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.into_iter().collect();
    assert!(ours.keys().eq(allowed.keys()), "the crates are {:?}", ours.keys());
    for (name, package) in &ours {
        let folder = package.manifest_path.parent().and_then(|folder| folder.file_name()).unwrap_or_default();
        assert_eq!(
            folder,
            if *name == "end-to-end" { "tests" } else { *name },
            "a folder has its crate's name"
        );
        for dependency in &package.dependencies {
            let is_ours = ours.contains_key(dependency.name.as_str());
            let is_allowed = allowed[name].contains(&dependency.name.as_str());
            assert!(!is_ours || is_allowed, "{name} may not see {}", dependency.name);
        }
    }
}

#[test]
fn what_must_stay_apart_has_no_way_to_meet() {
    for (name, banned) in OUT_OF_REACH {
        for (reached, way) in reached(name) {
            let is_of = |family: &&str| reached == **family || reached.starts_with(&format!("{family}-"));
            let is_banned = !HARMLESS.contains(&reached.as_str()) && banned.iter().any(is_of);
            assert!(!is_banned, "{name} reaches {reached}: {way}");
        }
    }
}

#[test]
fn crates_that_compute_know_no_clock_no_network_and_no_chance() {
    for name in PURE {
        let package = package(name);
        for dependency in package.dependencies.iter().filter(|found| found.kind == DependencyKind::Normal) {
            assert!(!IMPURE.contains(&dependency.name.as_str()), "{name} names {}", dependency.name);
            let has_clock = dependency.features.iter().any(|feature| feature == "clock" || feature == "now");
            assert!(!has_clock, "{name} asks {} for a clock", dependency.name);
        }
        for (path, text) in sources(package) {
            for shortcut in SHORTCUTS {
                assert!(!text.contains(shortcut), "{} uses {shortcut}", path.display());
            }
        }
    }
    // What they compute from is given to them: those that write on disk are the publication, the report and the directory.
    for name in ["questionnaire", "analysis"] {
        let root = PathBuf::from(package(name).manifest_path.parent().expect("a manifest is in a folder"))
            .join("src");
        for (path, text) in sources(package(name)).iter().filter(|(path, _)| path.starts_with(&root)) {
            assert!(!text.contains("std::fs"), "{} reads or writes files", path.display());
        }
    }
}

#[test]
fn sql_is_spoken_in_two_crates_and_nowhere_else() {
    let ours = ours();
    let name_sqlx: Vec<&str> = ours
        .iter()
        .filter(|(_, package)| {
            package.dependencies.iter().any(|dependency| dependency.name.starts_with("sqlx"))
        })
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(name_sqlx, SPEAK_SQL, "sqlx is named in exactly two manifests");
    // Written in two parts, so that this source does not speak it either.
    let words = [
        ["SEL", "ECT "],
        ["INSERT ", "INTO"],
        ["DELETE ", "FROM"],
        ["CREATE ", "TABLE"],
        ["BEGIN IMM", "EDIATE"],
    ];
    for (_, package) in ours.iter().filter(|(name, _)| !SPEAK_SQL.contains(name)) {
        for (path, text) in sources(package) {
            for word in words.map(|parts| parts.concat()) {
                assert!(!text.contains(&word), "{} speaks SQL: {word}", path.display());
            }
        }
    }
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |folder: &str| -> BTreeSet<String> {
        let folder = workspace().join("migrations").join(folder);
        let entries = fs::read_dir(&folder).expect("the migrations are there");
        let paths = entries.map(|entry| entry.expect("a folder says what it holds").path());
        let migrations = paths.filter(|path| path.extension().is_some_and(|extension| extension == "sql"));
        migrations.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
    assert!(!names("sqlite").is_empty());
}

#[test]
fn every_crate_takes_its_lints_and_its_facts_from_the_workspace() {
    let root = fs::read_to_string(workspace().join("Cargo.toml")).expect("the workspace has a manifest");
    let root: toml::Table = root.parse().expect("a manifest is TOML");
    let lints = &root["workspace"]["lints"];
    assert_eq!(lints["rust"]["unsafe_code"].as_str(), Some("forbid"));
    for (name, package) in ours() {
        let manifest = manifest(package);
        let from_workspace =
            |table: &str, key: &str| match manifest.get(table).and_then(|found| found.get(key)) {
                Some(toml::Value::Table(inherited)) => {
                    inherited.get("workspace").and_then(toml::Value::as_bool) == Some(true)
                }
                _ => false,
            };
        let has_lints = manifest["lints"].get("workspace").and_then(toml::Value::as_bool) == Some(true);
        assert!(has_lints, "{name} has lints of its own");
        for key in ["version", "edition", "rust-version", "license", "publish"] {
            assert!(from_workspace("package", key), "{name} has a `{key}` of its own");
        }
        assert_eq!(package.license.as_deref(), Some("EUPL-1.2"));
        assert!(
            package.description.as_ref().is_some_and(|text| !text.is_empty()),
            "{name} does not say what it is"
        );
    }
}

#[test]
fn every_crate_has_at_most_one_integration_binary_called_it() {
    for (name, package) in ours() {
        for target in package.targets.iter().filter(|target| target.kind.contains(&TargetKind::Test)) {
            assert_eq!(target.name, "it", "each binary links everything once more: {name}");
        }
    }
}

#[test]
fn no_source_is_longer_than_six_hundred_lines() {
    let mut long: Vec<String> = Vec::new();
    for package in ours().into_values() {
        for (path, text) in sources(package) {
            let lines = text.lines().count();
            if lines > MOST_LINES {
                let path = path.strip_prefix(workspace()).unwrap_or(&path).to_path_buf();
                long.push(format!("{} has {lines} lines", path.display()));
            }
        }
    }
    assert!(long.is_empty(), "more than {MOST_LINES} lines hold more than one idea: {long:#?}");
}

#[test]
fn no_test_is_ignored_and_no_part_is_left_for_later() {
    let words =
        [["#[ign", "ore"], ["todo", "!("], ["unimpl", "emented!("], ["// TO", "DO"], ["// FIX", "ME"]];
    for package in ours().into_values() {
        for (path, text) in sources(package) {
            for word in words.map(|parts| parts.concat()) {
                assert!(!text.contains(&word), "{} holds {word}", path.display());
            }
        }
    }
    assert!(Path::new(&workspace()).join("tests/run").is_file());
}
