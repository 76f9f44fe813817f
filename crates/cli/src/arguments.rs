//! What may be asked on the command line. Every setting has a flag; those an operator keeps have a variable too.

mod ending;
mod mail;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use intake::IpNet;

pub(crate) use ending::{CloseArguments, PurgeArguments};
pub(crate) use mail::MailArguments;

/// From a filled questionnaire to a published barometer.
#[derive(Debug, Parser)]
#[command(name = "barometre", version, about, max_term_width = 110)]
pub(crate) struct Arguments {
    /// What to log, for instance `info` or `intake=debug`
    #[arg(long, global = true, env = "BAROMETRE_LOG", default_value = "warn")]
    pub log: String,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The commands, in the order of the river.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check an edition's definition and name every problem at its place
    Check(CheckArguments),
    /// Compare two editions: a verdict on each question, answer list, base and indicator
    Compare(CompareArguments),
    /// Set published figures of two editions side by side, where that was shown or decided to be right
    Trend(TrendArguments),
    /// Read a questionnaire made with another program
    #[command(subcommand)]
    Import(ImportCommand),
    /// Write a personal link and a short code for each organisation of a list, for the mail merge
    Invite(InviteArguments),
    /// Serve the questionnaire to respondents, and the published barometers to everyone
    Serve(ServeArguments),
    /// Show what a changed definition does to the answers given, and publish it
    Revise(ReviseArguments),
    /// Key paper returns in, as if they had been answered on the site
    Key(KeyArguments),
    /// Close an edition: nothing can be started any more, nor saved or sent once the grace is over
    Close(CloseArguments),
    /// Erase what a closed edition keeps no longer: drafts never sent, and contacts when they are due
    Purge(PurgeArguments),
    /// Freeze the responses of a closed edition into an extract
    Freeze(FreezeArguments),
    /// Compute the protected tables of a frozen edition
    Analyse(AnalyseArguments),
    /// Answer estimation cases written in JSON, on any CSV or Parquet table
    #[command(long_about = ESTIMATE)]
    Estimate(EstimateArguments),
    /// Draw charts, pages and the PDF of a computed edition
    Report(ReportArguments),
    /// Freeze, analyse and report, in one command
    Publish(PublishArguments),
    /// Attack a publication: what can be found out, from what is displayed, about groups too small to show
    #[command(long_about = AUDIT)]
    Audit(AuditArguments),
    /// Check that a publication is as it was published: digests, signatures, every figure of every file
    #[command(long_about = VERIFY)]
    Verify(VerifyArguments),
    /// Write the cards of the directory that actors agreed to and an editor approved
    Directory(DirectoryArguments),
    /// Write an extract of simulated responses, as large as wanted
    Simulate(SimulateArguments),
    /// Let simulated organisations fill a running site, and say how it held
    Load(LoadArguments),
    /// Run the whole river on simulated organisations, and serve what comes out
    Demo(DemoArguments),
    /// Write an edition in the formats of other programs
    #[command(subcommand)]
    Export(ExportCommand),
}

/// What can be exported.
#[derive(Debug, Subcommand)]
pub(crate) enum ExportCommand {
    /// Write the questionnaire as a PDF to fill in by hand
    Paper(ExportPaperArguments),
    /// Write the codebook of a frozen edition as DDI-Codebook 2.5 (XML)
    Ddi(ExportDdiArguments),
    /// Write a frozen edition for a data archive: CSV, codebook, scripts for R, Stata and SPSS
    Archive(ExportArchiveArguments),
    /// Write the questionnaire as an `.xlsx` workbook (`XLSForm`), to edit in a spreadsheet
    Xlsform(ExportXlsformArguments),
}

/// Arguments of `export xlsform`.
#[derive(Debug, Args)]
pub(crate) struct ExportXlsformArguments {
    /// Edition: a folder, or a code such as `2026`
    pub edition: String,
    /// File to write; `questionnaire-<edition>.xlsx` when absent
    #[arg(long)]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub surveys: SurveysArguments,
}

/// Arguments of `export paper`.
#[derive(Debug, Args)]
pub(crate) struct ExportPaperArguments {
    /// Edition: a folder, or a code such as `2026`
    pub edition: String,
    /// Language to print, one of those of the questionnaire
    #[arg(long, default_value = "fr")]
    pub language: String,
    /// File to write; `questionnaire-<edition>-<language>.pdf` when absent
    #[arg(long)]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub surveys: SurveysArguments,
}

/// What `estimate --help` says.
const ESTIMATE: &str = "\
Answer estimation cases written in JSON, on any CSV or Parquet table

A case says what to estimate from which table: its design (weights, strata, primary units, finite population \
correction), adjustments of weights (post-stratification, raking, calibration with bounds, trimming), replicates \
(jackknife, rescaled bootstrap), a domain, groups, and one type of estimate: mean, total, ratio, category_shares, \
proportion, quantile, variance, multi_choice, difference, ttest_two_groups, chisq, weights, weight_diagnostics, \
cronbach_alpha, score, dii, p_adjust, quality_flags. The format and every formula are in \
crates/estimation/tests/oracle/README.md, with 114 examples beside it.

For instance, the share of organisations with a website, by size:

  {\"data\": {\"file\": \"answers.csv\"}, \"design\": {\"weights\": \"w\", \"strata\": \"stratum\"},
   \"by\": [\"size\"], \"estimate\": {\"type\": \"proportion\", \"y\": [\"website\"], \"na\": \"drop\"},
   \"ci\": {\"level\": 0.95, \"df\": \"design\", \"methods\": [\"wilson_kish\"]}}

One line of JSON is printed per case, in order: its rows, or the code and the words of its refusal. The exit code is 1 \
when a case could not be read. Estimates are exact: they are for statisticians who may see the answers, and are never \
part of a publication.";

/// Arguments of `estimate`.
#[derive(Debug, Args)]
pub(crate) struct EstimateArguments {
    /// Files of cases; `-` reads one case from standard input
    #[arg(required = true, value_name = "CASE")]
    pub cases: Vec<PathBuf>,
    /// Folder of the tables that cases name; each case's own folder and those above it when absent
    #[arg(long)]
    pub data: Option<PathBuf>,
}

/// What can be imported.
#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Read a workbook (XLSForm), ours or another's
    Xlsform(ImportArguments),
    /// Read the structure of a LimeSurvey survey (`.lss`)
    Lss(ImportArguments),
}

/// Arguments of an import.
#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// File to read
    pub file: PathBuf,
    /// Folder that receives `questionnaire.toml` and `translations/`
    #[arg(long)]
    pub out: PathBuf,
    /// Replace the files that are there
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub surveys: SurveysArguments,
}

/// Where definitions are.
#[derive(Debug, Clone, Args)]
pub(crate) struct SurveysArguments {
    /// Folder of the surveys' definitions
    #[arg(long, env = "BAROMETRE_SURVEYS", default_value = "surveys")]
    pub surveys: PathBuf,
}

/// Where data are.
#[derive(Debug, Clone, Args)]
pub(crate) struct DataArguments {
    /// Data directory: responses, extracts, publications
    #[arg(long, env = "BAROMETRE_DIR", default_value = "data")]
    pub dir: PathBuf,
    /// Database of responses; SQLite in the data directory when absent, else a `postgres://` address
    #[arg(long, env = "BAROMETRE_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// Edition: a folder, `survey/edition`, or the code of a barometer's edition such as `2026`
    pub edition: String,
    #[command(flatten)]
    pub surveys: SurveysArguments,
}

/// Arguments of `compare`.
#[derive(Debug, Args)]
pub(crate) struct CompareArguments {
    /// Earlier edition: a folder, a code such as `2026`, or a file (XLSForm .xlsx, LimeSurvey .lss, SurveyJS .json)
    pub old: String,
    /// Later edition, likewise; the decisions of its `comparability.toml` are taken in
    pub new: String,
    /// Print JSON in place of the table
    #[arg(long)]
    pub json: bool,
    /// Compare the texts of one language only, for instance `fr`
    #[arg(long)]
    pub language: Option<String>,
    /// Exit with 1 when something is to decide or breaking and nobody decided about it
    #[arg(long)]
    pub strict: bool,
    #[command(flatten)]
    pub surveys: SurveysArguments,
}

/// Arguments of `trend`.
#[derive(Debug, Args)]
pub(crate) struct TrendArguments {
    /// Earlier edition: a folder or a code
    pub old: String,
    /// Later edition: a folder or a code
    pub new: String,
    /// Indicators; all when absent
    pub indicators: Vec<String>,
    #[command(flatten)]
    pub data: DataArguments,
    #[command(flatten)]
    pub surveys: SurveysArguments,
}

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// Edition to collect: a folder or a code; the latest when absent
    pub edition: Option<String>,
    /// Address to listen on
    #[arg(long, env = "BAROMETRE_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Address of the site as respondents see it, for personal links; `http://` and the listening address when absent
    #[arg(long, env = "BAROMETRE_BASE_URL")]
    pub base_url: Option<String>,
    /// Folder of a publication: each result is shown beside its protected means by size
    #[arg(long, value_name = "DIR")]
    pub benchmark: Option<PathBuf>,
    /// Cards of the directory (`annuaire.json`): each result names the actors of its department
    #[arg(long, value_name = "FILE")]
    pub actors: Option<PathBuf>,
    /// Proxies in front of the site, as networks or addresses: what they say in `X-Forwarded-For` is believed, so that
    /// requests are counted by who asks. Without them everyone behind a proxy counts as one, or, on this machine, as nobody
    #[arg(long, env = "BAROMETRE_TRUSTED_PROXY", value_name = "NETWORK", value_delimiter = ',', value_parser = network)]
    pub trusted_proxy: Vec<IpNet>,
    /// Collect simulated responses in an edition that nobody opened yet: every page says so
    #[arg(long)]
    pub simulated: bool,
    #[command(flatten)]
    pub mail: MailArguments,
    #[command(flatten)]
    pub data: DataArguments,
    #[command(flatten)]
    pub surveys: SurveysArguments,
}

/// Arguments of `invite`.
#[derive(Debug, Args)]
pub(crate) struct InviteArguments {
    /// Edition: a folder or a code
    pub edition: String,
    /// List of organisations: CSV with the columns name, email and, where known, identifier (SIRET, SIREN or RNA)
    pub file: PathBuf,
    /// Address of the site as respondents see it
    #[arg(long, env = "BAROMETRE_BASE_URL")]
    pub base_url: String,
    /// File of links and codes to write; `invitations-<edition>.csv` when absent
    #[arg(long)]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub data: DataArguments,
    #[command(flatten)]
    pub surveys: SurveysArguments,
}

/// A network such as `10.0.0.0/8`, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let of_one = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse()
        .or_else(|_| of_one())
        .map_err(|_| "expected a network such as 10.0.0.0/8, or an address".to_owned())
}

/// Arguments of `revise`.
#[derive(Debug, Args)]
pub(crate) struct ReviseArguments {
    /// Edition: a folder or a code
    pub edition: String,
    /// Publish the definition, if it harms no answer
    #[arg(long)]
    pub apply: bool,
    /// Start the edition again although answers are harmed: they are kept apart and never analysed
    #[arg(long)]
    pub restart: bool,
    #[command(flatten)]
    pub data: DataArguments,
    #[command(flatten)]
    pub surveys: SurveysArguments,
}

/// Arguments of `key`.
#[derive(Debug, Args)]
pub(crate) struct KeyArguments {
    /// Edition: a folder, or a code such as `2026`
    pub edition: String,
    /// Returns, TOML or JSON (see `--template`)
    #[arg(required_unless_present_any = ["template", "withdraw"])]
    pub file: Option<PathBuf>,
    /// Second keying of the same sheets: a sheet is kept only if both keyings agree
    #[arg(long, requires = "file")]
    pub verify: Option<PathBuf>,
    /// Keep the returns that have no fault even if others have some
    #[arg(long, requires = "file")]
    pub valid_only: bool,
    /// Print an empty return to fill in
    #[arg(long, conflicts_with_all = ["file", "withdraw"])]
    pub template: bool,
    /// Erase the answers of the sheet with this number, as its respondent asked
    #[arg(long, value_name = "NUMBER", conflicts_with = "file")]
    pub withdraw: Option<String>,
    #[command(flatten)]
    pub data: DataArguments,
    #[command(flatten)]
    pub surveys: SurveysArguments,
}

/// Arguments of commands about one edition.
#[derive(Debug, Clone, Args)]
pub(crate) struct EditionArguments {
    /// Edition: a folder or a code; the latest when absent
    pub edition: Option<String>,
    #[command(flatten)]
    pub data: DataArguments,
    #[command(flatten)]
    pub surveys: SurveysArguments,
}

/// Arguments of `report`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ReportArguments {
    /// Where the site of this edition will be, for instance `https://barometre.example/2026`: shared links then have the full
    /// address of their picture, and the entry of catalogues of open data (`dcat.jsonld`) those of its files
    #[arg(long, value_name = "ADDRESS")]
    pub base_url: Option<String>,
    #[command(flatten)]
    pub edition: EditionArguments,
}

/// Arguments of `load`.
#[derive(Debug, Args)]
pub(crate) struct LoadArguments {
    /// Address of the site
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    pub url: String,
    /// Speak to a site that is not on this machine
    #[arg(long)]
    pub elsewhere: bool,
    /// Organisations that come each second, however slow the site is; as many as the connections allow when absent
    #[arg(long)]
    pub rate: Option<f64>,
    /// For how long organisations go on coming, for instance `30s` or `5min`
    #[arg(long, default_value = "30s")]
    pub duration: humantime::Duration,
    /// Organisations served at once
    #[arg(long, default_value_t = 64)]
    pub connections: usize,
    /// How long an organisation thinks before it posts a screen
    #[arg(long, default_value = "0s")]
    pub pause: humantime::Duration,
    /// How often a request is made before its organisation gives up
    #[arg(long, default_value_t = 1)]
    pub tries: u32,
    /// Only the last click: complete drafts are written to the store before, and sent
    #[arg(long, conflicts_with = "pause")]
    pub submit_only: bool,
    /// Do not hold what was acknowledged against the store
    #[arg(long, conflicts_with = "submit_only")]
    pub no_store: bool,
    /// Seed of the simulation
    #[arg(long, default_value_t = 2022)]
    pub seed: u64,
    /// Edition: a folder or a code; the latest when absent
    #[arg(long)]
    pub edition: Option<String>,
    #[command(flatten)]
    pub data: DataArguments,
    #[command(flatten)]
    pub surveys: SurveysArguments,
}

/// Arguments of `export ddi`.
#[derive(Debug, Args)]
pub(crate) struct ExportDdiArguments {
    /// File to write; standard output when absent
    #[arg(long)]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub edition: EditionArguments,
}

/// Arguments of `export archive`.
#[derive(Debug, Args)]
pub(crate) struct ExportArchiveArguments {
    /// Folder to write: a new one, or an empty one
    #[arg(long)]
    pub out: PathBuf,
    #[command(flatten)]
    pub edition: EditionArguments,
}

/// Arguments of `freeze`.
#[derive(Debug, Clone, Args)]
pub(crate) struct FreezeArguments {
    /// Close the edition first, if it is still open
    #[arg(long)]
    pub close: bool,
    #[command(flatten)]
    pub edition: EditionArguments,
}

/// Arguments of `analyse`.
#[derive(Debug, Args)]
pub(crate) struct AnalyseArguments {
    #[command(flatten)]
    pub edition: EditionArguments,
    /// Published earlier edition to say what changed since, a folder or a code: where the gate of `compare` and
    /// `comparability.toml` allows
    #[arg(long, value_name = "EARLIER")]
    pub since: Option<String>,
    /// Publish the edition once more, for this reason, which readers see. Refused unless at least as many respondents as a
    /// shown group has changed in every group that changes; the version that is replaced is kept
    #[arg(long, value_name = "REASON", requires = "replaces")]
    pub revision: Option<String>,
    /// Extract that the published version was made from
    #[arg(long, value_name = "DIR", requires = "revision")]
    pub replaces: Option<PathBuf>,
}

/// Arguments of `publish`.
#[derive(Debug, Args)]
pub(crate) struct PublishArguments {
    #[command(flatten)]
    pub freeze: FreezeArguments,
    /// Sign the manifests with this secret key of minisign, which must lie outside of any git repository
    #[arg(long, value_name = "KEYFILE")]
    pub sign: Option<PathBuf>,
    /// Password of the key; none when absent
    #[arg(
        long,
        value_name = "PASSWORD",
        env = "BAROMETRE_SIGN_PASSWORD",
        hide_env_values = true,
        requires = "sign"
    )]
    pub sign_password: Option<String>,
    /// Published earlier edition to say what changed since, a folder or a code
    #[arg(long, value_name = "EARLIER")]
    pub since: Option<String>,
    /// Freeze and publish the edition once more, for this reason, which readers see. Refused unless at least as many
    /// respondents as a shown group has changed in every group that changes; the version that is replaced is kept
    #[arg(long, value_name = "REASON")]
    pub revision: Option<String>,
}

/// What `audit --help` says.
const AUDIT: &str = "\
Attack a publication: what can be found out, from what is displayed, about groups too small to show

Linear programs over everything displayed bound what is hidden; digits, standard errors, two editions, coordinates of \
charts and properties of files are read as well. Each claim says about whom, what, and which released groups made it \
possible. With --known the attacker is an insider; without, one claim may be called possible: true only if a group that \
may be large is small. The exit code is 1 when a claim is serious.

n.csv has columns d_<dimension> (`_T` or empty: does not matter; `A\\B` in a dimension of networks: members of A who are \
not in B), n, weight (empty: n), and base for questions that not everybody is asked (empty: everybody).";

/// Arguments of `audit`.
#[derive(Debug, Args)]
pub(crate) struct AuditArguments {
    /// Folder of a publication, or of a site
    pub folder: PathBuf,
    /// Exact numbers and weights that an insider knows, n.csv
    #[arg(long, value_name = "FILE")]
    pub known: Option<PathBuf>,
    /// Exact numbers by which claims are judged, without the attacker knowing them; same columns
    #[arg(long, value_name = "FILE", conflicts_with = "known")]
    pub truth: Option<PathBuf>,
    /// Folder of the edition published before
    #[arg(long, value_name = "DIR")]
    pub previous: Option<PathBuf>,
    /// What an insider knows of the edition before, n.csv
    #[arg(long, value_name = "FILE", requires = "previous")]
    pub previous_known: Option<PathBuf>,
    /// Points within which the share of a small group must not be known
    #[arg(long, default_value_t = 10.0)]
    pub width: f64,
    /// Print harmless claims too
    #[arg(long)]
    pub all: bool,
}

/// What `verify --help` says.
const VERIFY: &str = "\
Check that a publication is as it was published

Every file must have the digest of its manifest, and none may have been added. Signatures must hold, with --key by that \
key. Every figure that a page, a chart, the PDF, a workbook or another file shows must be in cells.csv or declared with \
it, and pages, charts and PDF must be, byte for byte, what the figures give. With --extract the figures themselves are \
computed again from the answers, and every file must come out the same. The first difference is named; the exit code is \
then 1.";

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    /// Folder of a publication
    pub folder: PathBuf,
    /// Public key of who signs (minisign): a file, or its line of letters
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// Extract that it was made from: everything is computed again
    #[arg(long, value_name = "DIR")]
    pub extract: Option<PathBuf>,
    /// Published earlier edition that it was compared with, a folder or a code
    #[arg(long, value_name = "EARLIER", requires = "extract")]
    pub since: Option<String>,
    #[command(flatten)]
    pub surveys: SurveysArguments,
}

/// Arguments of `directory`.
#[derive(Debug, Args)]
pub(crate) struct DirectoryArguments {
    /// Edition of a directory: a folder or a code; the latest when absent
    pub edition: Option<String>,
    /// Table of the editors' decisions (CSV); `directory/<edition>-decisions.csv` in the data directory when absent
    #[arg(long)]
    pub decisions: Option<PathBuf>,
    #[command(flatten)]
    pub data: DataArguments,
    #[command(flatten)]
    pub surveys: SurveysArguments,
}

/// Arguments of `simulate`.
#[derive(Debug, Args)]
pub(crate) struct SimulateArguments {
    /// Edition: a folder, or a code such as `2026`
    pub edition: String,
    /// Number of organisations that start
    #[arg(long)]
    pub responses: usize,
    /// Seed: the same one gives the same bytes
    #[arg(long, default_value_t = 2022)]
    pub seed: u64,
    /// Folder to write; `extracts/<edition>` of a data directory is where `analyse` looks
    #[arg(long)]
    pub out: PathBuf,
    #[command(flatten)]
    pub surveys: SurveysArguments,
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// Number of organisations that start
    #[arg(long, default_value_t = 2776)]
    pub responses: usize,
    /// Seed of the simulation
    #[arg(long, default_value_t = 2022)]
    pub seed: u64,
    /// Folder of the demonstration, emptied of an earlier one
    #[arg(long, default_value = "data/demo")]
    pub dir: PathBuf,
    /// Address to listen on; a free port of 127.0.0.1 with `--no-serve`
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Stop once everything is written
    #[arg(long)]
    pub no_serve: bool,
    /// Edition: a folder or a code; the latest when absent
    #[arg(long)]
    pub edition: Option<String>,
    #[command(flatten)]
    pub surveys: SurveysArguments,
}
