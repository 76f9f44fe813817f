//! Servers that are killed, and databases that go away, while people fill in and send: what was acknowledged is kept,
//! nothing is there twice, and the next start is clean.
//!
//! `BAROMETRE_CRASHES=100` kills a hundred times instead of three.

use std::time::Duration;

use end_to_end::{Proxy, Server, form};
use intake::Tokens as _;
use load::Door;
use store::RecordState;

use crate::crowd::{Place, door, fill_and_send};

/// Says how often servers are killed.
const CRASHES: &str = "BAROMETRE_CRASHES";
/// How often they are when it does not.
const USUAL: usize = 3;

/// Complete drafts sent for each kill.
const DRAFTS: usize = 40;

/// The longest life of a server that is to be killed.
const LONGEST: u64 = 400;

#[expect(clippy::disallowed_methods, reason = "the environment is how a longer run is asked for")]
fn rounds() -> usize {
    let given = std::env::var(CRASHES).ok();
    given.map_or(USUAL, |given| given.parse().unwrap_or_else(|_| panic!("{CRASHES}={given} is no number")))
}

/// A moment at random: what is waited for is nothing but its being any.
async fn any_moment() {
    let random = u128::from_be_bytes(intake::SystemTokens.draw().expect("random bytes"));
    let moment = u64::try_from(random % u128::from(LONGEST)).expect("less than the longest");
    tokio::time::sleep(Duration::from_millis(moment)).await;
}

/// Kills the server at any moment and starts it again, so many times.
async fn kill_again_and_again(place: &Place, mut server: Server, rounds: usize) -> Server {
    for _ in 0..rounds {
        any_moment().await;
        server.kill();
        // Starting includes a look at its health.
        server = tokio::task::block_in_place(|| place.server());
    }
    server
}

async fn survives_kills(place: Place) {
    let rounds = rounds();
    let server = place.server();
    let door = door(&format!("127.0.0.1:{}", place.port)).await;
    let prepared = place.prepare(&door, DRAFTS * rounds).await;
    let (report, server) = tokio::join!(
        fill_and_send(&door, &place, rounds.min(6), &prepared),
        kill_again_and_again(&place, server, rounds)
    );
    drop(server);
    let verdict = place.verdict(&report).await;
    eprintln!("{rounds} kills: {verdict}");
    assert!(verdict.is_kept(), "{verdict}\n{report}");
    assert_eq!(verdict.stored, verdict.acknowledged, "every sending was repeated until it was acknowledged");
    assert_eq!(verdict.acknowledged, DRAFTS * rounds + rounds.min(6));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_or_doubled_when_the_server_on_sqlite_is_killed_at_any_moment() {
    survives_kills(Place::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_or_doubled_when_the_server_on_postgresql_is_killed_at_any_moment() {
    survives_kills(Place::postgres("crash")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_three_servers_behind_a_plain_proxy_one_is_killed_and_nothing_acknowledged_is_lost() {
    let place = Place::postgres("several");
    let url = place.schema.as_ref().expect("on PostgreSQL").url(None);
    let folders: Vec<_> = (0..3).map(|_| tempfile::tempdir().expect("a temporary folder")).collect();
    let mut servers: Vec<Server> =
        folders.iter().map(|folder| Server::start_at(folder.path(), 0, Some(&url))).collect();
    let proxy =
        Proxy::before(servers.iter().map(|server| format!("127.0.0.1:{}", server.port())).collect()).await;
    // A connection for each request: the next one is another server's.
    let door = Door { is_kept: false, ..door(&proxy.place()).await };
    let prepared = place.prepare(&door, 3 * DRAFTS).await;
    let (report, ()) = tokio::join!(fill_and_send(&door, &place, 4, &prepared), async {
        any_moment().await;
        servers.pop().expect("three of them").kill();
    });
    let verdict = place.verdict(&report).await;
    assert!(verdict.is_kept() && verdict.acknowledged == 3 * DRAFTS + 4, "{verdict}\n{report}");
    assert_eq!(verdict.stored, verdict.acknowledged);
    for server in &servers {
        assert!(server.log().contains("/envoyer gave 303"), "each server that is left has taken some");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_database_goes_away_under_load_the_page_keeps_what_was_typed_and_nothing_is_acknowledged() {
    let place = Place::postgres("away");
    let schema = place.schema.as_ref().expect("on PostgreSQL");
    let proxy = Proxy::before(vec![schema.place()]).await;
    let server = Server::start_at(place.data(), place.port, Some(&schema.url(Some(&proxy.place()))));
    let door = door(&format!("127.0.0.1:{}", place.port)).await;
    let mut prepared = place.prepare(&door, 2 * DRAFTS + 2).await;
    let (typing, sending) = (prepared.pop().expect("one of them"), prepared.pop().expect("one of them"));
    let http = server.http();
    let page = |token: &str, page: &str| format!("/q/{token}/{page}");
    let typed = form([("clo_commentaire", "Tapé pendant la panne")]);

    let (report, ()) = tokio::join!(fill_and_send(&door, &place, 2, &prepared), async {
        any_moment().await;
        proxy.cut(true);
        tokio::task::block_in_place(|| {
            let reply = http.post(&page(&typing.token, "commentaire"), &typed);
            assert_eq!(reply.status, 503, "{}", reply.body);
            assert!(reply.body.contains("pas été enregistré"), "{}", reply.body);
            assert!(reply.body.contains("Tapé pendant la panne"), "what was typed is there: {}", reply.body);
            let reply = http.post(&page(&sending.token, "envoyer"), b"");
            assert_eq!(reply.status, 503, "{}", reply.body);
            assert!(reply.body.contains("pas encore envoyée"), "{}", reply.body);
            assert_eq!(http.get("/sante").status, 503);
            for inner in ["sqlx", "postgres", "pool", "127.0.0.1:5"] {
                assert!(!reply.body.contains(inner), "the page speaks of `{inner}`: {}", reply.body);
            }
        });
        proxy.cut(false);
    });
    // Whoever sent during the outage tried again, and is kept once.
    let verdict = place.verdict(&report).await;
    assert!(verdict.is_kept() && verdict.acknowledged == 2 * DRAFTS + 2, "{verdict}\n{report}");
    assert_eq!(verdict.stored, verdict.acknowledged);
    let kept = place.store().await.find(&intake::token_hash(&sending.token)).await;
    assert_eq!(kept.expect("read").expect("started").state, RecordState::Draft);
    assert_eq!(
        http.post(&page(&typing.token, "commentaire"), &typed).status,
        303,
        "the same page is sent again"
    );
}
