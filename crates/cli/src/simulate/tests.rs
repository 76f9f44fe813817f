//! The simulation on the real edition.

use std::path::Path;
use std::sync::LazyLock;

use questionnaire::{Answer, Edition};

use crate::arguments::SurveysArguments;
use crate::definition::{self, Definition};

use super::population::numerator;
use super::profile::{FittedMargin, rake};
use super::*;

static DEFINITION: LazyLock<Definition> = LazyLock::new(|| {
    let surveys = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../surveys");
    let folder = surveys.join("maturite-numerique/2026");
    definition::load(folder.to_str(), &SurveysArguments { surveys }).expect("a sound definition")
});

pub(super) static EDITION: LazyLock<&'static Edition> = LazyLock::new(|| &DEFINITION.edition);

static PARAMETERS: LazyLock<Parameters> = LazyLock::new(|| {
    Parameters::parse(DEFINITION.files.text("simulation.toml").expect("a file")).expect("sound parameters")
});

/// Large enough for all tests: made once, it takes seconds without optimisation.
static POPULATION: LazyLock<Population<'static>> =
    LazyLock::new(|| answered(&EDITION, &PARAMETERS, RESPONSES).expect("a population"));

static TRUTH: LazyLock<BTreeMap<String, f64>> = LazyLock::new(|| true_values(&POPULATION).expect("values"));

pub(super) static VOLUNTEERS: LazyLock<Vec<Simulated>> =
    LazyLock::new(|| volunteers::draw(&POPULATION, RESPONSES, 1).expect("volunteers"));

const RESPONSES: usize = 2_776;

fn share_of(is: impl Fn(&Behaviour) -> bool) -> f64 {
    VOLUNTEERS.iter().filter(|simulated| is(&simulated.behaviour)).count() as f64 / RESPONSES as f64
}

#[test]
fn the_truth_is_what_was_published_for_2022() {
    assert!(TRUTH.len() >= 20);
    for (code, value) in TRUTH.iter() {
        let published = EDITION
            .indicator(code)
            .and_then(|indicator| indicator.published_2022)
            .expect("a published figure");
        assert!((value - published).abs() < 0.5, "{code}: {value:.2} instead of {published}");
    }
}

#[test]
fn every_simulated_answer_is_valid_and_on_the_path() {
    assert_eq!(VOLUNTEERS.len(), RESPONSES);
    for simulated in VOLUNTEERS.iter() {
        let response = EDITION.validate(&simulated.answers).expect("valid answers");
        assert_eq!(response.answers(), &simulated.answers);
        assert!(simulated.answers.get("clo_email").is_none());
        if let Behaviour::Drops { after } = simulated.behaviour {
            assert!(response.path().screens.contains(&after));
        }
    }
}

#[test]
fn ten_light_organisations_and_a_heavy_one_fill_a_sector_of_one_size() {
    let trap = PARAMETERS.traps.as_ref().and_then(|traps| traps.heavy.as_ref()).expect("the trap is set");
    let mut planted = VOLUNTEERS.clone();
    traps::plant(&EDITION, PARAMETERS.traps.as_ref().expect("traps"), &mut planted);
    let text = |simulated: &Simulated, question: &str| match simulated.answers.get(question) {
        Some(Answer::Text(code)) => Some(code.clone()),
        _ => None,
    };
    let is_inside = |simulated: &&Simulated| {
        let n = simulated.answers.get(&trap.employees);
        matches!(n, Some(Answer::Integer(n)) if (trap.from_to[0]..=trap.from_to[1]).contains(n))
            && text(simulated, &trap.sector).is_some_and(|code| trap.codes.contains(&code))
            && !matches!(simulated.behaviour, Behaviour::Duplicate { .. })
    };
    let inside: Vec<&Simulated> = planted.iter().filter(is_inside).collect();
    let of = |statuses: &[String]| {
        let has =
            |found: &&&Simulated| text(found, &trap.status).is_some_and(|code| statuses.contains(&code));
        inside.iter().filter(has).count()
    };
    assert_eq!((inside.len(), of(&trap.light), of(&trap.heavy)), (11, 10, 1));
    for (planted, before) in planted.iter().zip(VOLUNTEERS.iter()) {
        assert_eq!(text(planted, &trap.status), text(before, &trap.status), "nothing else is changed");
    }
}

#[test]
fn volunteers_behave_at_the_rates_asked_for() {
    assert!((share_of(|b| matches!(b, Behaviour::Drops { .. })) - 0.045).abs() < 0.015);
    assert!((share_of(|b| matches!(b, Behaviour::Duplicate { .. })) - 0.015).abs() < 0.008);
    assert!((share_of(|b| matches!(b, Behaviour::Refuses)) - 0.01).abs() < 0.007);
    assert!((share_of(|b| matches!(b, Behaviour::OutOfScope)) - 0.01).abs() < 0.007);
}

#[test]
fn a_duplicate_has_the_identity_of_a_complete_first_answer() {
    for simulated in VOLUNTEERS.iter() {
        if let Behaviour::Duplicate { of } = simulated.behaviour {
            assert_eq!(VOLUNTEERS[of].behaviour, Behaviour::Complete);
            assert_eq!(VOLUNTEERS[of].answers.get("org_ident"), simulated.answers.get("org_ident"));
        }
    }
}

#[test]
fn two_organisations_never_share_an_identifier() {
    let mut seen = std::collections::BTreeSet::new();
    for simulated in VOLUNTEERS.iter().filter(|s| !matches!(s.behaviour, Behaviour::Duplicate { .. })) {
        if let Some(Answer::Identifier(identifier)) = simulated.answers.get("org_ident")
            && let Some(value) = &identifier.value
        {
            assert!(seen.insert(value.clone()), "{value} twice");
        }
    }
    assert!(seen.len() > 1_500);
}

#[test]
fn a_seed_gives_the_same_volunteers_and_another_seed_others() {
    assert_eq!(*VOLUNTEERS, volunteers::draw(&POPULATION, RESPONSES, 1).expect("volunteers"));
    let population = |seed| population(&EDITION, &PARAMETERS, 200, seed).expect("volunteers");
    assert_eq!(population(1), population(1));
    assert_ne!(*VOLUNTEERS, volunteers::draw(&POPULATION, RESPONSES, 2).expect("volunteers"));
}

/// Estimates from the volunteers in scope, of every indicator with a published figure: plain, and raked on the
/// margins of the plan.
fn estimates(volunteers: &[Simulated]) -> BTreeMap<String, (f64, f64)> {
    let edition = *EDITION;
    let is_counted = |simulated: &&Simulated| simulated.behaviour == Behaviour::Complete;
    let answers: Vec<&Answers> =
        volunteers.iter().filter(is_counted).map(|simulated| &simulated.answers).collect();
    let facts: Vec<_> = answers.iter().map(|answers| edition.facts(answers)).collect();
    let mut margins = Vec::new();
    for group in &edition.plan.calibration {
        let inside: Vec<bool> = facts.iter().map(|facts| facts.holds(&group.when)).collect();
        let whole = inside.iter().map(|&inside| inside.then_some(0)).collect();
        margins.push(FittedMargin { categories: whole, totals: vec![group.total] });
        for margin in &group.margins {
            let index = |facts: &questionnaire::Facts<'_>| {
                let category = facts.category(margin.variable).expect("a category");
                margin.categories.iter().position(|known| known.code == category)
            };
            let categories = facts
                .iter()
                .zip(&inside)
                .map(|(facts, &inside)| if inside { index(facts) } else { None })
                .collect();
            let totals = margin.categories.iter().map(|category| category.share * group.total).collect();
            margins.push(FittedMargin { categories, totals });
        }
    }
    let mut weights = vec![1.0; facts.len()];
    rake(&mut weights, &margins);
    let mut estimates = BTreeMap::new();
    for indicator in edition.indicators.iter().filter(|indicator| indicator.published_2022.is_some()) {
        let (mut plain, mut count, mut raked, mut base) = (0.0, 0.0, 0.0, 0.0);
        for (facts, weight) in facts.iter().zip(&weights) {
            if facts.holds(&indicator.base)
                && let Some(value) = numerator(facts, &indicator.numerator)
            {
                plain += value;
                count += 1.0;
                raked += weight * value;
                base += weight;
            }
        }
        estimates.insert(indicator.code.clone(), (plain / count, raked / base));
    }
    estimates
}

#[test]
fn weighting_brings_the_volunteers_nearer_to_the_truth() {
    let truth = &*TRUTH;
    let (mut plain_error, mut raked_error, mut nearer) = (0.0, 0.0, 0);
    for (code, (plain, raked)) in estimates(&VOLUNTEERS) {
        let plain_gap = (plain - truth[&code]).abs();
        let raked_gap = (raked - truth[&code]).abs();
        eprintln!("{code:28} truth {:5.1}  unweighted {plain:5.1}  weighted {raked:5.1}", truth[&code]);
        plain_error += plain_gap / truth.len() as f64;
        raked_error += raked_gap / truth.len() as f64;
        nearer += usize::from(raked_gap < plain_gap);
    }
    eprintln!(
        "mean error: unweighted {plain_error:.2}, weighted {raked_error:.2}; nearer {nearer} of {}",
        truth.len()
    );
    assert!(raked_error < plain_error / 2.0, "{raked_error:.2} against {plain_error:.2}");
    assert!(nearer * 3 > truth.len() * 2, "only {nearer} of {} are nearer", truth.len());
}

/// The error of a small population whose parameters are changed so.
fn refusal(from: &str, to: &str) -> SimulateError {
    let text = DEFINITION.files.text("simulation.toml").expect("a file");
    assert!(text.contains(from), "{from}");
    let text = text.replace("size = 12000", "size = 300").replace(from, to);
    let outcome = Parameters::parse(&text).and_then(|parameters| truth(&EDITION, &parameters));
    outcome.expect_err("these parameters do not fit")
}

#[test]
fn parameters_that_do_not_fit_the_edition_are_refused() {
    let unknown_option = refusal("shares = { oui = 1.0 }", "shares = { peut_etre = 1.0 }");
    assert!(matches!(unknown_option, SimulateError::UnknownCode { code, .. } if code == "peut_etre"));
    let unknown_question = refusal("[question.clo_email]", "[question.clo_telephone]");
    assert!(matches!(unknown_question, SimulateError::UnknownVariable { name } if name == "clo_telephone"));
    let unknown_feature = refusal("[latent]\n", "[latent]\nwealth = 1.0\n");
    assert!(matches!(unknown_feature, SimulateError::UnknownFeature { name } if name == "wealth"));
    let too_much = refusal("shares = { oui = 1.0 }", "shares = { oui = 1.0, non = 0.5 }");
    assert!(matches!(too_much, SimulateError::BadShares { place } if place == "cst_participation"));
    assert!(matches!(refusal("[latent]", "[latente]"), SimulateError::Syntax { .. }));
    assert!(matches!(refusal("drops = 0.045", "drops = 1.2"), SimulateError::BadShares { .. }));
}
