//! Numbers read from digits, errors, two editions and pictures.

use audit::{
    Cell, Domain, Kind, Known, Options, Question, Release, Severity, Shown, Size, attack, attack_chart,
};

/// Shares of one domain, one question each.
fn release(shown: impl IntoIterator<Item = Shown>) -> Release {
    let mut release = Release::new("2026", 11);
    release.overlap("network", ["A"]);
    let domain = release.domain(Domain::of("network", "A"));
    for (index, shown) in shown.into_iter().enumerate() {
        let question = release.question(Question::yes_or_no(&format!("q{index}")));
        let (channel, table) = ("open".to_owned(), String::new());
        release.push(Cell { channel, table, domain, question, category: 0, shown: Some(shown) });
    }
    release
}

fn insider(n: u32, weight: f64) -> Known {
    let mut known = Known::new();
    known.insert("", Domain::of("network", "A"), Size::new(n, weight));
    known
}

#[test]
fn fractions_with_decimals_have_one_denominator() {
    // Of 17: 5, 8, 11 and 14, with one decimal. No other number from 11 to 60 has fractions near all four but 34 and 51.
    let shares =
        [5.0, 8.0, 11.0, 14.0].map(|count| Shown::exact(100.0 * count / 17.0, 1).with_n_class(11, 19));
    let claims = attack(&release(shares), None, &Options::default());
    let number = claims.iter().find(|claim| claim.kind == Kind::Number).expect("17 is told");
    assert_eq!((number.n, number.severity), (Some((17, 17)), Severity::Serious));
    // In bands they are fractions of every number.
    let bands = [25.0, 25.0, 50.0, 75.0].map(|low| Shown::between("", low, low + 25.0).with_n_class(11, 19));
    assert_eq!(attack(&release(bands), None, &Options::default()), []);
}

#[test]
fn whole_points_tell_counts_at_the_ends() {
    // 5 % ± 0.5 of 20 is one of 20; 50 % is ten, which tells of nobody; 5 % ± 5 is none, one or two.
    let shown = [Shown::exact(5.0, 0), Shown::exact(50.0, 0), Shown::between("5", 0.0, 10.0)];
    let claims = attack(&release(shown), Some(&insider(20, 20.0)), &Options::default());
    assert_eq!(claims.len(), 1, "{claims:#?}");
    assert_eq!((claims[0].kind, claims[0].n), (Kind::Count, Some((1, 1))));
    assert_eq!(claims[0].question.as_deref(), Some("q0"));
}

#[test]
fn weights_of_parts_tell_a_count_that_the_share_alone_leaves_open() {
    // Twenty of weight 1 and twenty of weight 9: 0.5 % ± 0.1 of 200 is one light one, though 40 respondents of one
    // weight could not give it.
    let release = |shown: Shown| {
        let mut release = Release::new("2026", 11);
        release.partition("size", ["s", "l"]);
        let question = release.question(Question::yes_or_no("q"));
        let (channel, table) = ("open".to_owned(), String::new());
        let domain = release.domain(Domain::all());
        release.push(Cell { channel, table, domain, question, category: 0, shown: Some(shown) });
        release
    };
    let mut known = Known::new();
    for (domain, n, weight) in [
        (Domain::all(), 40, 200.0),
        (Domain::of("size", "s"), 20, 20.0),
        (Domain::of("size", "l"), 20, 180.0),
    ] {
        known.insert("", domain, Size::new(n, weight));
    }
    let claims = attack(&release(Shown::between("", 0.4, 0.6)), Some(&known), &Options::default());
    assert_eq!(claims.len(), 1, "{claims:#?}");
    assert_eq!((claims[0].kind, claims[0].n), (Kind::Count, Some((1, 1))));
    assert!(claims[0].detail.contains("by the weights of its parts"), "{}", claims[0].detail);
    // "At most 5 %" may be nobody, or fifteen light ones.
    let claims = attack(&release(Shown::between("", 0.0, 7.5)), Some(&known), &Options::default());
    assert_eq!(claims, []);
}

#[test]
fn what_an_insider_supposes_of_the_edition_before_is_held_against_what_was_displayed() {
    // 41 respondents now, and 35 to 44 or 30 to 39 shown before: one may have come since, or cannot.
    let year = |counts: [f64; 4], n: f64, class: (u32, u32)| {
        release(counts.map(|count| Shown::exact(100.0 * count / n, 2).with_n_class(class.0, class.1)))
    };
    let now = year([11.0, 20.0, 31.0, 35.0], 41.0, (35, 44));
    let claims = |class| {
        let before = year([10.0, 20.0, 30.0, 35.0], 40.0, class);
        let options = Options { digits: false, previous: &[(&before, None)], ..Options::default() };
        attack(&now, Some(&insider(41, 41.0)), &options)
    };
    let found = claims((35, 44));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].kind, Kind::Years);
    assert!(found[0].detail.ends_with("had one come"), "{}", found[0].detail);
    assert_eq!(claims((30, 39)), []);
}

#[test]
fn a_standard_error_is_a_number_in_disguise() {
    // p = 40 % ± 0.05, n = 31: se = 8.80 points; p (1 − p) / se² lies between 30.9 and 31.1.
    let with_error = |share: f64| Shown {
        se: Some({
            let se = 100.0 * (share / 100.0 * (1.0 - share / 100.0) / 31.0).sqrt();
            (se - 0.005, se + 0.005)
        }),
        ..Shown::exact(share, 1).with_n_class(20, 39)
    };
    // Shares that are fractions of no number alone: weights are unequal.
    let shown = [with_error(40.3), with_error(22.4), with_error(51.7)];
    let claims = attack(&release(shown), None, &Options::default());
    let error = claims.iter().find(|claim| claim.kind == Kind::Error).expect("31 is told");
    assert_eq!(error.severity, Severity::Serious);
    let (least, most) = error.n.expect("an interval of numbers");
    assert!(least <= 31 && 31 <= most && most - least < 2, "{least} to {most}");
}

#[test]
fn an_interval_computed_from_the_class_says_the_class_alone() {
    // Half-width 1.96 √(p (1 − p) / 20), outwards to 5 points: 40 % is 18.5 to 61.5, shown as 15 to 65.
    let shown = [(40.0, 15.0, 65.0), (50.0, 25.0, 75.0), (30.0, 5.0, 55.0)].map(|(share, low, high)| Shown {
        ci: Some((low, high)),
        ..Shown::between("", share - 5.0, share + 5.0).with_n_class(20, 39)
    });
    assert_eq!(attack(&release(shown), None, &Options::default()), []);
}

#[test]
fn who_joined_between_two_editions_is_read_where_nothing_is_rounded() {
    let year = |n: u32, counts: [u32; 4], decimals| {
        release(counts.map(|count| Shown::exact(100.0 * f64::from(count) / f64::from(n), decimals)))
    };
    let (before, after) = ([10, 20, 30, 35], [11, 20, 31, 35]);
    let (known, earlier) = (insider(41, 41.0), insider(40, 40.0));
    let claims = |decimals| {
        let (previous, current) = (year(40, before, decimals), year(41, after, decimals));
        let options =
            Options { digits: false, previous: &[(&previous, Some(&earlier))], ..Options::default() };
        attack(&current, Some(&known), &options)
    };
    let found = claims(2);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((found[0].kind, found[0].severity), (Kind::Years, Severity::Serious));
    assert!(found[0].detail.contains("4 of 4 answers"), "{}", found[0].detail);
    // Steps of 10 cover four respondents: nothing can be read.
    let step = |n: u32, counts: [u32; 4]| {
        release(counts.map(|count| {
            let value = (10.0 * f64::from(count) / f64::from(n)).round() * 10.0;
            Shown::between("", value - 5.0, value + 5.0)
        }))
    };
    let (previous, current) = (step(40, before), step(41, after));
    let options = Options { digits: false, previous: &[(&previous, Some(&earlier))], ..Options::default() };
    assert_eq!(attack(&current, Some(&known), &options), []);
}

#[test]
fn bars_are_as_long_as_the_figures_they_show() {
    let chart = |widths: [f64; 3]| {
        let bars = ["10", "au plus 20 %", "25–50 %"];
        let bars = bars.iter().zip(widths).map(|(text, width)| {
            format!("<rect x=\"100\" y=\"0\" width=\"{width}\" height=\"8\" data-v=\"{text}\"/>")
        });
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\"><rect width=\"7\"/>{}</svg>",
            bars.collect::<String>()
        )
    };
    assert_eq!(attack_chart("a.svg", &chart([40.0, 80.0, 150.0])).expect("well formed"), []);
    let claims = attack_chart("a.svg", &chart([40.0, 81.3, 150.0])).expect("well formed");
    assert_eq!(claims.len(), 1, "{claims:#?}");
    assert_eq!((claims[0].kind, claims[0].severity), (Kind::Chart, Severity::Serious));
    assert!(claims[0].to_string().contains("a.svg <rect>"), "{}", claims[0]);
    assert!(attack_chart("a.svg", "<svg><rect data-v='1'></svg>").is_err(), "it is not closed");
}
