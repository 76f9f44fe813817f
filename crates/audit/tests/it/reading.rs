//! Releases and knowledge from their files.

use audit::{AuditError, Domain, Known, Release, Size};

const META: &str = r#"{
  "n_min": 11,
  "dims": {"size": {"type": "partition", "values": ["s", "l"]}, "network": {"type": "overlap", "values": ["A"]}},
  "indicators": {"site": {"categories": ["yes", "no"], "complete": true}},
  "subsets": [["A", "B"]]
}"#;

const HEADER: &str = "channel,table_id,edition,d_network,d_size,indicator,category,estimate,step,lo,hi,n,n_step,n_lo,n_hi,se,ci_lo,ci_hi,pop,suppressed";

#[test]
fn a_release_is_read_as_it_is_displayed() {
    let cells = format!(
        "{HEADER}\nopen,all,2026,_T,_T,site,yes,au plus 5,5,0,7.5,60,10,55,65,,0,15,,0\n\
         open,size,2026,_T,s,site,yes,nd,,,,,,,,,,,,1\n"
    );
    let release = Release::read(&cells, META).expect("it is well formed");
    assert_eq!(release.cells().len(), 2);
    let shown = release.cells()[0].shown.as_ref().expect("it is displayed");
    assert_eq!((shown.lo, shown.hi, shown.n), (0.0, 7.5, Some((55, 65))));
    let hidden = &release.cells()[1];
    assert_eq!(release.domain_of(hidden.domain), &Domain::of("size", "s"));
    assert!(hidden.shown.is_none());
    assert_eq!(release.subsets, [("A".to_owned(), "B".to_owned())]);
}

#[test]
fn what_a_file_does_not_say_is_read_from_the_estimate() {
    let cells = "d_size,indicator,category,estimate,n\n_T,site,yes,12.5,47\ns,site,yes,25-50,11-19\nl,site,yes,au moins 90,\n";
    let release = Release::read(cells, META).expect("it is well formed");
    let intervals: Vec<_> = release
        .cells()
        .iter()
        .map(|cell| cell.shown.as_ref().map(|shown| (shown.lo, shown.hi, shown.n)).expect("displayed"))
        .collect();
    assert_eq!(
        intervals,
        [(12.45, 12.55, Some((47, 47))), (25.0, 50.0, Some((11, 19))), (90.0, 100.0, None)]
    );
}

#[test]
fn a_value_that_is_none_is_named_with_its_line() {
    let cells = "d_size,indicator,category,estimate\n_T,site,yes,12\ns,site,yes,many\n";
    let error = Release::read(cells, META).expect_err("`many` is no estimate");
    assert!(matches!(error, AuditError::Malformed { .. }));
    assert!(error.to_string().contains("line 3: `estimate` is `many`"), "{error}");
}

#[test]
fn what_an_insider_knows_is_read_by_domain_and_base() {
    let known =
        Known::read("d_size,d_network,base,n,weight\n_T,_T,,40,400.5\ns,A,filter,7,\n").expect("well formed");
    assert_eq!(known.size("", &Domain::all()), Some(Size::new(40, 400.5)));
    let domain = Domain::of("size", "s").and("network", "A");
    assert_eq!(known.size("filter", &domain), Some(Size::new(7, 7.0)));
    let error = Known::read("d_size,n\ns,few\n").expect_err("`few` is no number");
    assert!(error.to_string().contains("line 2: `n` is `few`"), "{error}");
}

#[test]
fn a_withheld_row_says_nothing_else() {
    let cells = |hidden: &str| {
        format!("{HEADER}\nopen,all,2026,_T,_T,site,yes,40,5,37.5,42.5,60,10,55,64,,30,55,,0\n{hidden}\n")
    };
    let claims = |hidden: &str| {
        let release = Release::read(&cells(hidden), META).expect("it is well formed");
        audit::attack(&release, None, &audit::Options::default())
    };
    assert_eq!(claims("open,size,2026,_T,s,site,yes,nd,,,,,,,,,,,,1"), []);
    // An interval, a number, a population: each is one claim.
    for telling in [
        "open,size,2026,_T,s,site,yes,nd,,,,,,,,,10,40,,1",
        "open,size,2026,_T,s,site,yes,nd,,,,7,,,,,,,,1",
        "open,size,2026,_T,s,site,yes,nd,,,,,,,,,,,120,1",
    ] {
        let found = claims(telling);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].kind, found[0].is_serious()), (audit::Kind::Field, true));
    }
    // The same cell withheld in one output and shown in another.
    let found = claims("pdf,all,2026,_T,_T,site,yes,nd,,,,,,,,,,,,1");
    assert!(found.iter().any(|claim| claim.kind == audit::Kind::Contradiction), "{found:?}");
}
