//! Simulated respondents, and releases of them by several rules (the direction of `disclosure.md`, table 4.3).

use std::collections::{BTreeMap, BTreeSet};

use audit::{Agreeing, Cell, Claim, Domain, Known, Options, Question, Release, Shown, Size, attack};

const SIZES: [&str; 4] = ["0", "1-9", "10-49", "50+"];
const SECTORS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const ZONES: [&str; 2] = ["rural", "urban"];

/// A generator of numbers that only has to be the same everywhere (`SplitMix64`).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    #[expect(clippy::cast_precision_loss, reason = "the 53 highest bits fill a float")]
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn pick(&mut self, shares: &[f64]) -> usize {
        let mut left = self.share() * shares.iter().sum::<f64>();
        for (position, share) in shares.iter().enumerate() {
            left -= share;
            if left <= 0.0 {
                return position;
            }
        }
        shares.len() - 1
    }
}

struct Respondent {
    weight: f64,
    domains: BTreeSet<Domain>,
    /// Category given to each question.
    answers: Vec<usize>,
}

struct World {
    respondents: Vec<Respondent>,
    questions: Vec<Question>,
    networks: Vec<String>,
}

impl World {
    fn new(seed: u64, respondents: usize, networks: usize) -> Self {
        let mut chance = Chance(seed);
        let questions = vec![
            Question::yes_or_no("site"),
            Question::yes_or_no("rgpd"),
            Question::yes_or_no("rare"),
            Question::complete("level", ["low", "middle", "high"]),
        ];
        let networks: Vec<String> = (0..networks).map(|network| format!("N{network}")).collect();
        let respondents = (0..respondents).map(|_| Self::respondent(&mut chance, networks.len())).collect();
        Self { respondents, questions, networks }
    }

    fn respondent(chance: &mut Chance, networks: usize) -> Respondent {
        let size = chance.pick(&[40.0, 35.0, 20.0, 5.0]);
        let sector = chance.pick(&[30.0, 25.0, 20.0, 15.0, 8.0, 2.0]);
        let zone = chance.pick(&[30.0, 70.0]);
        let own = [
            Domain::all(),
            Domain::of("size", SIZES[size]),
            Domain::of("sector", SECTORS[sector]),
            Domain::of("zone", ZONES[zone]),
            Domain::of("sector", SECTORS[sector]).and("size", SIZES[size]),
        ];
        let mut domains: BTreeSet<Domain> = own.into_iter().collect();
        let join = |network: usize, domains: &mut BTreeSet<Domain>| {
            let code = format!("N{network}");
            domains.insert(Domain::of("network", &code));
            domains.insert(Domain::of("network", &code).and("size", SIZES[size]));
            domains.insert(Domain::of("network", &code).and("zone", ZONES[zone]));
        };
        // N1 is all of N0 and a few more: the trap.
        let is_first = chance.share() < 0.06;
        if is_first {
            join(0, &mut domains);
        }
        if is_first || chance.share() < 0.003 {
            join(1, &mut domains);
        }
        for network in 2..networks {
            if chance.share() < 0.015 + 0.02 * f64::from(u8::try_from(network).unwrap_or(9)) {
                join(network, &mut domains);
            }
        }
        let answers = vec![
            chance.pick(&[60.0, 40.0]),
            chance.pick(&[45.0, 55.0 + 20.0 * f64::from(u8::try_from(size).unwrap_or(0))]),
            chance.pick(&[3.0, 97.0]),
            chance.pick(&[30.0, 45.0, 25.0]),
        ];
        Respondent { weight: 60.0 + 120.0 * chance.share(), domains, answers }
    }

    /// Sizes of all planned domains.
    fn known(&self) -> Known {
        let mut sizes: BTreeMap<Domain, (u32, f64)> =
            self.planned().into_iter().map(|domain| (domain, (0, 0.0))).collect();
        for respondent in &self.respondents {
            for domain in &respondent.domains {
                let size = sizes.entry(domain.clone()).or_default();
                *size = (size.0 + 1, size.1 + respondent.weight);
            }
        }
        let mut known = Known::new();
        for (domain, (n, weight)) in sizes {
            known.insert("", domain, Size::new(n, weight));
        }
        known
    }

    fn planned(&self) -> Vec<Domain> {
        let mut planned = vec![Domain::all()];
        planned.extend(SIZES.map(|size| Domain::of("size", size)));
        planned.extend(ZONES.map(|zone| Domain::of("zone", zone)));
        for sector in SECTORS {
            planned.push(Domain::of("sector", sector));
            planned.extend(SIZES.map(|size| Domain::of("sector", sector).and("size", size)));
        }
        for network in &self.networks {
            let network = Domain::of("network", network);
            planned.extend(SIZES.map(|size| network.clone().and("size", size)));
            planned.extend(ZONES.map(|zone| network.clone().and("zone", zone)));
            planned.push(network);
        }
        planned
    }

    /// The weighted share of each answer in a domain, in percent.
    fn share(&self, domain: &Domain, question: usize, category: usize) -> f64 {
        let (mut gave, mut all) = (0.0, 0.0);
        for respondent in self.respondents.iter().filter(|found| found.domains.contains(domain)) {
            all += respondent.weight;
            if respondent.answers[question] == category {
                gave += respondent.weight;
            }
        }
        100.0 * gave / all
    }

    /// A release: what is displayed of each domain for its number and a share, or nothing.
    fn release(&self, display: impl Fn(&Domain, Size, f64) -> Option<Shown>) -> Release {
        let known = self.known();
        let mut release = Release::new("2026", 11);
        release.partition("size", SIZES);
        release.partition("sector", SECTORS);
        release.partition("zone", ZONES);
        release.overlap("network", self.networks.iter().map(String::as_str));
        release.subsets.push(("N0".to_owned(), "N1".to_owned()));
        for planned in self.planned() {
            let size = known.size("", &planned).expect("every planned domain has a size");
            let domain = release.domain(planned.clone());
            for (index, question) in self.questions.iter().enumerate() {
                let id = release.question(question.clone());
                for category in 0..question.categories.len() {
                    let shown = if size.n < 11 {
                        None
                    } else {
                        display(&planned, size, self.share(&planned, index, category))
                    };
                    let (channel, table) = ("open".to_owned(), String::new());
                    release.push(Cell { channel, table, domain, question: id, category, shown });
                }
            }
        }
        release
    }
}

/// One decimal and the exact number.
fn naive(size: Size, share: f64) -> Shown {
    Shown { pop: Some(size.weight), ..Shown::exact(share, 1).with_n(size.n) }
}

/// Steps by number, merged ends, classes of numbers (`disclosure.md`, 3.1).
fn adaptive(size: Size, share: f64) -> Shown {
    const STEPS: [f64; 5] = [1.0, 2.0, 5.0, 10.0, 25.0];
    let tier = match size.n {
        200.. => 0,
        100..200 => 1,
        40..100 => 2,
        20..40 => 3,
        _ => 4,
    };
    let step = STEPS[tier];
    let shown = if step >= 25.0 {
        let low = (share / 25.0).floor().min(3.0) * 25.0;
        Shown::between(&format!("{low}-{}", low + 25.0), low, low + 25.0)
    } else {
        let value = (share / step).round() * step;
        if value <= step {
            Shown::between(&format!("au plus {step}"), 0.0, 1.5 * step)
        } else if value >= 100.0 - step {
            Shown::between(&format!("au moins {}", 100.0 - step), 100.0 - 1.5 * step, 100.0)
        } else {
            Shown::between(&value.to_string(), value - step / 2.0, value + step / 2.0)
        }
    };
    match size.n {
        40.. => {
            let ten = (size.n + 5) / 10 * 10;
            shown.with_n_class(ten - 5, ten + 5)
        }
        20..40 => shown.with_n_class(20, 39),
        _ => shown.with_n_class(11, 19),
    }
}

fn serious(claims: &[Claim]) -> BTreeSet<String> {
    claims.iter().filter(|claim| claim.is_serious()).map(|claim| claim.group.to_string()).collect()
}

#[test]
fn decimals_after_a_threshold_give_hidden_groups_away() {
    let world = World::new(1, 400, 4);
    let release = world.release(|_, size, share| Some(naive(size, share)));
    let truth = world.known();
    let outside = attack(&release, None, &Options { truth: Some(&truth), ..Options::default() });
    let inside = attack(&release, Some(&truth), &Options::default());
    assert!(serious(&outside).len() >= 8, "{:#?}", serious(&outside));
    assert!(serious(&inside).len() >= 10, "{:#?}", serious(&inside));
    assert!(serious(&inside).contains("[network=N1] without [network=N0]"), "{:#?}", serious(&inside));
}

#[test]
fn repairs_where_claims_point_end_with_no_claim() {
    const STEPS: [f64; 4] = [2.0, 5.0, 10.0, 20.0];
    let world = World::new(2, 400, 4);
    let truth = world.known();
    let mut repairs: BTreeMap<Domain, usize> = BTreeMap::new();
    for round in 0..20 {
        let release = world.release(|domain, size, share| {
            let step = STEPS.get(repairs.get(domain).copied().unwrap_or(0))?;
            let value = (share / step).round() * step;
            let (low, high) = ((value - step / 2.0).max(0.0), (value + step / 2.0).min(100.0));
            Some(Shown::between(&value.to_string(), low, high).with_n(size.n))
        });
        let claims = attack(&release, Some(&truth), &Options { digits: false, ..Options::default() });
        let claims: Vec<&Claim> = claims.iter().filter(|claim| claim.is_serious()).collect();
        assert!(round > 0 || claims.len() > 5, "it proves little to repair {}", claims.len());
        if claims.is_empty() {
            return;
        }
        let worst: BTreeSet<Domain> = claims
            .iter()
            .filter_map(|claim| {
                claim.binding.iter().map(|found| &found.domain).find(|found| found.depth() > 0)
            })
            .cloned()
            .collect();
        assert!(!worst.is_empty(), "nothing to repair: {claims:#?}");
        for domain in worst {
            *repairs.entry(domain).or_default() += 1;
        }
    }
    panic!("the repairs did not end");
}

#[test]
fn steps_that_cover_two_respondents_leave_an_insider_little() {
    // Only what is told by networks that are nearly the same is left, which the decision keeps from being published.
    for seed in [11, 12, 13] {
        let world = World::new(seed, 400, 4);
        let truth = world.known();
        let release = world.release(|_, size, share| Some(adaptive(size, share)));
        let inside = attack(&release, Some(&truth), &Options::default());
        let outside = attack(&release, None, &Options { truth: Some(&truth), ..Options::default() });
        assert_eq!(serious(&outside), BTreeSet::new(), "seed {seed}");
        let is_of_twins = |group: &String| group.contains("network=N0") || group.contains("network=N1");
        let others: Vec<String> = serious(&inside).into_iter().filter(|group| !is_of_twins(group)).collect();
        assert_eq!(others, Vec::<String>::new(), "seed {seed}");
    }
}

#[test]
fn claims_do_not_depend_on_the_number_of_threads() {
    let world = World::new(3, 300, 3);
    let release = world.release(|_, size, share| Some(naive(size, share)));
    let truth = world.known();
    let claims = |threads| attack(&release, Some(&truth), &Options { threads, ..Options::default() });
    assert_eq!(claims(1), claims(2));
}

#[test]
fn answers_known_to_agree_are_a_shortcut_and_no_clue() {
    for (seed, display) in [(5, naive as fn(Size, f64) -> Shown), (6, adaptive), (7, adaptive)] {
        let world = World::new(seed, 300, 3);
        let release = world.release(|_, size, share| Some(display(size, share)));
        let truth = world.known();
        let answers = world.questions.iter().flat_map(|question| {
            (0..question.categories.len()).map(|category| (question.code.as_str(), category))
        });
        let mut agreeing = Agreeing::new(answers);
        for domain in world.planned() {
            let of = |question: usize| {
                let categories = 0..world.questions[question].categories.len();
                categories.map(move |category| (question, category))
            };
            let answers = (0..world.questions.len()).flat_map(of);
            let values =
                answers.map(|(question, category)| world.share(&domain, question, category)).collect();
            agreeing.insert(domain, values);
        }
        let with = Options { agreeing: Some(&agreeing), ..Options::default() };
        let claims = attack(&release, Some(&truth), &Options::default());
        assert!(!claims.is_empty(), "seed {seed}: it would prove nothing");
        assert_eq!(attack(&release, Some(&truth), &with), claims, "seed {seed}");
    }
}

#[test]
fn whatever_is_claimed_is_true() {
    let world = World::new(4, 300, 3);
    let release = world.release(|_, size, share| Some(naive(size, share)));
    let truth = world.known();
    let claims = attack(&release, Some(&truth), &Options { digits: false, ..Options::default() });
    let mut checked = 0;
    for claim in claims {
        let (Some(question), Some((low, high))) = (&claim.question, claim.interval) else { continue };
        let index = world.questions.iter().position(|found| found.code == *question).expect("a question");
        let category = claim.category.expect("a category");
        let category = world.questions[index].categories.iter().position(|found| *found == category);
        let category = category.expect("one of the question's");
        let (mut gave, mut all) = (0.0, 0.0);
        for (sign, domain) in &claim.group.0 {
            let weight = truth.size("", domain).expect("known").weight;
            let share = if weight > 0.0 { world.share(domain, index, category) } else { 0.0 };
            gave += f64::from(*sign) * weight * share;
            all += f64::from(*sign) * weight;
        }
        let share = gave / all;
        assert!(share > low - 0.01 && share < high + 0.01, "{share} is not in {low} to {high}");
        checked += 1;
    }
    assert!(checked > 20, "{checked}");
}
