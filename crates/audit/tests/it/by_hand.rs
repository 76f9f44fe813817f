//! Releases small enough to attack with a pencil.

use audit::{Cell, Domain, Kind, Known, Options, Question, Release, Severity, Shown, Size, attack};

fn cell(release: &mut Release, domain: Domain, question: &Question, category: usize, shown: Option<Shown>) {
    let (domain, question) = (release.domain(domain), release.question(question.clone()));
    let (channel, table) = ("open".to_owned(), String::new());
    release.push(Cell { channel, table, domain, question, category, shown });
}

fn sizes<'a>(sizes: impl IntoIterator<Item = (&'a Domain, u32)>) -> Known {
    let mut known = Known::new();
    for (domain, n) in sizes {
        known.insert("", domain.clone(), Size::new(n, f64::from(n)));
    }
    known
}

#[test]
fn what_is_left_of_a_total_is_told_by_its_other_part() {
    // 12 of 20 yes, 12 of 15 large ones yes: none of the 5 small ones.
    let (all, large, small) = (Domain::all(), Domain::of("size", "l"), Domain::of("size", "s"));
    let site = Question::yes_or_no("site");
    let mut release = Release::new("2026", 11);
    release.partition("size", ["l", "s"]);
    cell(&mut release, all.clone(), &site, 0, Some(Shown::exact(60.0, 2)));
    cell(&mut release, large.clone(), &site, 0, Some(Shown::exact(80.0, 2)));
    cell(&mut release, small.clone(), &site, 0, None);
    let known = sizes([(&all, 20), (&large, 15), (&small, 5)]);
    let options = Options { digits: false, ..Options::default() };
    let claims = attack(&release, Some(&known), &options);
    assert_eq!(claims.len(), 1, "{claims:#?}");
    let claim = &claims[0];
    assert_eq!((claim.kind, claim.severity), (Kind::AllOrNone, Severity::Serious));
    let (low, high) = claim.interval.expect("a share");
    // (20·60.005 − 15·79.995) / 5 = 0.035 at most.
    assert!(low.abs() < 1e-4 && (high - 0.035).abs() < 1e-4, "{low} {high}");
    let binding: Vec<_> = claim.binding.iter().map(|found| &found.domain).collect();
    assert!(binding.contains(&&all) && binding.contains(&&large), "{binding:?}");
    assert_eq!(
        claim.to_string(),
        "serious: none of [size=s] answered site (a group of 5), from [all], [size=l]"
    );
    // An outsider is told as much when the numbers are shown: weights are not, and ratios stay open.
    let outside = attack(&release, None, &options);
    assert!(outside.iter().all(|claim| claim.severity != Severity::Serious), "{outside:#?}");
}

#[test]
fn one_who_weighs_more_than_all_that_a_large_group_can_hold_of_an_answer_is_told() {
    // At most 10 of 100 said yes, and at least 6 of them are in the other group: at most 4 of the 40 that these twenty
    // weigh. Whoever weighs 6 of these did not.
    let (all, mixed, other) = (Domain::all(), Domain::of("size", "l"), Domain::of("size", "s"));
    let site = Question::yes_or_no("site");
    let mut release = Release::new("2026", 11);
    release.partition("size", ["l", "s"]);
    cell(&mut release, all.clone(), &site, 0, Some(Shown::between("au plus 10", 0.0, 10.0)));
    cell(&mut release, mixed.clone(), &site, 0, Some(Shown::between("0-25", 0.0, 25.0)));
    cell(&mut release, other.clone(), &site, 0, Some(Shown::between("10", 10.0, 15.0)));
    let known = |heaviest: f64| {
        let mut known = Known::new();
        known.insert("", all.clone(), Size::new(60, 100.0));
        known.insert("", mixed.clone(), Size::new(20, 40.0).with_heaviest(heaviest));
        known.insert("", other.clone(), Size::new(40, 60.0).with_heaviest(2.0));
        known
    };
    let claims = attack(&release, Some(&known(6.0)), &Options::default());
    assert_eq!(claims.len(), 1, "{claims:#?}");
    assert_eq!((claims[0].kind, claims[0].severity), (Kind::Heaviest, Severity::Serious));
    let binding: Vec<_> = claims[0].binding.iter().map(|found| &found.domain).collect();
    assert!(binding.contains(&&all) && binding.contains(&&other), "{binding:?}");
    // Whoever weighs 3 may have said yes or no, and of whom nothing is known nothing is claimed.
    for heaviest in [3.0, 0.0] {
        assert_eq!(attack(&release, Some(&known(heaviest)), &Options::default()), []);
    }
}

#[test]
fn coarse_values_leave_a_small_part_open() {
    // 60 % ± 5 of 200 and 62 % ± 5 of 194: the 6 others could all have said yes, or none.
    let (all, large, small) = (Domain::all(), Domain::of("size", "l"), Domain::of("size", "s"));
    let site = Question::yes_or_no("site");
    let mut release = Release::new("2026", 11);
    release.partition("size", ["l", "s"]);
    cell(&mut release, all.clone(), &site, 0, Some(Shown::between("60", 55.0, 65.0)));
    cell(&mut release, large.clone(), &site, 0, Some(Shown::between("60", 57.0, 67.0)));
    cell(&mut release, small.clone(), &site, 0, None);
    let known = sizes([(&all, 200), (&large, 194), (&small, 6)]);
    assert_eq!(attack(&release, Some(&known), &Options::default()), []);
}

#[test]
fn numbers_shown_give_a_hidden_number() {
    // 120 − 60 − 53 = 7.
    let site = Question::yes_or_no("site");
    let mut release = Release::new("2026", 11);
    release.partition("size", ["l", "m", "s"]);
    let shown = |n| Some(Shown::between("50", 40.0, 60.0).with_n(n));
    cell(&mut release, Domain::all(), &site, 0, shown(120));
    cell(&mut release, Domain::of("size", "l"), &site, 0, shown(60));
    cell(&mut release, Domain::of("size", "m"), &site, 0, shown(53));
    cell(&mut release, Domain::of("size", "s"), &site, 0, None);
    let claims = attack(&release, None, &Options { digits: false, ..Options::default() });
    let small = claims.iter().find(|claim| claim.kind == Kind::Number).expect("a number is told");
    assert_eq!((small.n, small.severity), (Some((7, 7)), Severity::Serious));
    assert_eq!(small.group.to_string(), "[size=s]");
}

#[test]
fn classes_of_numbers_hide_a_number() {
    // 115 to 125, less 55 to 65, less 40 to 49: from 1 to 30 remain.
    let site = Question::yes_or_no("site");
    let mut release = Release::new("2026", 11);
    release.partition("size", ["l", "m", "s"]);
    let shown = |least, most| Some(Shown::between("50", 40.0, 60.0).with_n_class(least, most));
    cell(&mut release, Domain::all(), &site, 0, shown(115, 125));
    cell(&mut release, Domain::of("size", "l"), &site, 0, shown(55, 65));
    cell(&mut release, Domain::of("size", "m"), &site, 0, shown(40, 49));
    cell(&mut release, Domain::of("size", "s"), &site, 0, None);
    let claims = attack(&release, None, &Options::default());
    assert!(claims.iter().all(|claim| claim.kind != Kind::Number), "{claims:#?}");
}

#[test]
fn two_nearly_identical_networks_tell_of_those_who_are_in_one() {
    // A is in B but for two members of B; the figures of both are shown to the point.
    let mut release = Release::new("2026", 11);
    release.overlap("network", ["A", "B"]);
    release.subsets.push(("A".to_owned(), "B".to_owned()));
    let (all, a, b) = (Domain::all(), Domain::of("network", "A"), Domain::of("network", "B"));
    let site = Question::yes_or_no("site");
    cell(&mut release, all.clone(), &site, 0, Some(Shown::exact(50.0, 0)));
    // 30 of 60, 32 of 62: both others said yes.
    cell(&mut release, a.clone(), &site, 0, Some(Shown::exact(50.0, 1)));
    cell(&mut release, b.clone(), &site, 0, Some(Shown::exact(100.0 * 32.0 / 62.0, 1)));
    let known = sizes([(&all, 500), (&a, 60), (&b, 62)]);
    let claims = attack(&release, Some(&known), &Options { digits: false, ..Options::default() });
    assert_eq!(claims.len(), 1, "{claims:#?}");
    assert_eq!(claims[0].group.to_string(), "[network=B] without [network=A]");
    let (low, _) = claims[0].interval.expect("a share");
    assert!(low > 90.0, "{low}");
}

#[test]
fn networks_apart_by_one_member_each_are_attacked_by_who_knows_the_lists() {
    // 60 are in both; one is in A alone and one in B alone. 30.5 of 61 to 31.5 of 61 differ by a whole person.
    let mut release = Release::new("2026", 11);
    release.overlap("network", ["A", "B"]);
    let (all, a, b) = (Domain::all(), Domain::of("network", "A"), Domain::of("network", "B"));
    let site = Question::yes_or_no("site");
    cell(&mut release, all.clone(), &site, 0, Some(Shown::exact(50.0, 0)));
    cell(&mut release, a.clone(), &site, 0, Some(Shown::exact(100.0 * 31.0 / 61.0, 1)));
    cell(&mut release, b.clone(), &site, 0, Some(Shown::exact(100.0 * 30.0 / 61.0, 1)));
    let (only_a, only_b) = (Domain::of("network", "A\\B"), Domain::of("network", "B\\A"));
    let options = Options { digits: false, ..Options::default() };
    let without = sizes([(&all, 500), (&a, 61), (&b, 61)]);
    assert_eq!(attack(&release, Some(&without), &options), []);
    let lists = sizes([(&all, 500), (&a, 61), (&b, 61), (&only_a, 1), (&only_b, 1)]);
    let claims = attack(&release, Some(&lists), &options);
    let found: Vec<String> = claims.iter().map(|claim| claim.group.to_string()).collect();
    // Who is in A alone said yes, who is in B alone did not.
    assert!(found.contains(&"[network=A\\B]".to_owned()), "{claims:#?}");
    assert!(found.contains(&"[network=B\\A]".to_owned()), "{claims:#?}");
}

#[test]
fn what_is_taken_away_from_networks_shown_together_is_part_of_them() {
    // Of A's 60 and B's 61 all but one are in both: they are shown together, 62, and C has 300, some of them.
    let mut release = Release::new("2026", 11);
    release.overlap("network", ["A", "B", "C", "A&B"]);
    let network = |code: &str| Domain::of("network", code);
    let (all, a, b, c, both) = (Domain::all(), network("A"), network("B"), network("C"), network("A&B"));
    let site = Question::yes_or_no("site");
    for (domain, share) in [(&all, 50.0), (&c, 40.0), (&both, 45.0)] {
        cell(&mut release, domain.clone(), &site, 0, Some(Shown::exact(share, 0)));
    }
    for domain in [&a, &b] {
        cell(&mut release, domain.clone(), &site, 0, None);
    }
    let (more_than_a, less_both) = (network("A&B\\A"), network("C\\A&B"));
    let known = sizes([
        (&all, 500),
        (&a, 60),
        (&b, 61),
        (&both, 62),
        (&c, 300),
        (&more_than_a, 2),
        (&less_both, 250),
    ]);
    let claims = attack(&release, Some(&known), &Options { digits: false, ..Options::default() });
    assert!(claims.iter().all(|claim| claim.kind != Kind::Contradiction), "{claims:#?}");
}

#[test]
fn all_answers_together_tell_what_each_alone_leaves_open() {
    // Three answers, 4 hidden of 100. Each alone: the hidden ones' share is open; their sum is 1, and two of them at their
    // least force the third.
    let mut release = Release::new("2026", 11);
    release.partition("size", ["l", "s"]);
    let (all, large, small) = (Domain::all(), Domain::of("size", "l"), Domain::of("size", "s"));
    let how = Question::complete("how", ["a", "b", "c"]);
    // Hidden share = 25·all − 24·large, in points: a is 0 to 20, b is 0 to 20, c is then 60 to 100.
    for (category, (whole, part)) in [(20.0, 20.4), (20.0, 20.4), (60.0, 59.0)].into_iter().enumerate() {
        let wide = |value: f64| Some(Shown::between("", value - 0.2, value + 0.2));
        cell(&mut release, all.clone(), &how, category, wide(whole));
        cell(&mut release, large.clone(), &how, category, wide(part));
        cell(&mut release, small.clone(), &how, category, None);
    }
    let known = sizes([(&all, 100), (&large, 96), (&small, 4)]);
    let alone = Options { joint: false, integers: false, digits: false, ..Options::default() };
    let joint = Options { joint: true, ..alone };
    let widths = |options: &Options<'_>| -> Vec<String> {
        attack(&release, Some(&known), &Options { width: 25.0, ..*options })
            .into_iter()
            .filter_map(|claim| claim.category.filter(|category| category == "c"))
            .collect()
    };
    // Alone, c is 74.2 to 93.8 wide 19.6: with a width of 25 both claim; with 15 neither does.
    assert_eq!(widths(&alone), ["c"]);
    assert_eq!(widths(&joint), ["c"]);
}

#[test]
fn equal_weights_make_shares_of_counts() {
    // Of 3 hidden ones, 25 % to 60 %: only one of three is between.
    let mut release = Release::new("2026", 11);
    release.partition("size", ["l", "s"]);
    let (all, large, small) = (Domain::all(), Domain::of("size", "l"), Domain::of("size", "s"));
    let site = Question::yes_or_no("site");
    // 3·share = 23·all − 20·large; all 10/23, large 9/20.
    let (whole, part) = (1000.0 / 23.0, 45.0);
    cell(&mut release, all.clone(), &site, 0, Some(Shown::between("", whole - 1.1, whole + 1.1)));
    cell(&mut release, large.clone(), &site, 0, Some(Shown::between("", part - 0.9, part + 0.9)));
    cell(&mut release, small.clone(), &site, 0, None);
    let known = sizes([(&all, 23), (&large, 20), (&small, 3)]);
    let options = Options { digits: false, ..Options::default() };
    let claims = attack(&release, Some(&known), &options);
    assert_eq!(claims.len(), 1, "{claims:#?}");
    assert_eq!((claims[0].kind, claims[0].n), (Kind::Count, Some((1, 1))));
    let fractions = Options { integers: false, ..options };
    assert_eq!(
        attack(&release, Some(&known), &fractions),
        [],
        "28.8 points are open to who does not count heads"
    );
}

#[test]
fn one_cell_says_one_thing_everywhere() {
    let mut release = Release::new("2026", 11);
    let site = Question::yes_or_no("site");
    let (domain, question) = (release.domain(Domain::all()), release.question(site));
    for (channel, shown) in [("open", Shown::exact(41.0, 0)), ("pdf", Shown::exact(41.3, 1))] {
        let (channel, table) = (channel.to_owned(), String::new());
        release.push(Cell { channel, table, domain, question, category: 0, shown: Some(shown) });
    }
    let claims = attack(&release, None, &Options::default());
    assert_eq!(claims.len(), 1, "{claims:#?}");
    assert_eq!(claims[0].kind, Kind::Contradiction);
    assert_eq!(claims[0].detail, "`41` in open, and `41.3` in pdf");
}
