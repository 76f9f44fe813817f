//! A disk that is full.

use end_to_end::{Server, form};
use load::Door;
use store::RecordState;

use crate::access::tour::{self, Stop};
use crate::crowd::{Place, at_once, door};
use crate::kept;

/// Where the disk ends, in kilobytes: behind the schema, before what the test writes.
const FULL_AT: u32 = 1024;

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_the_page_keeps_what_was_typed_and_nothing_is_acknowledged() {
    let place = Place::sqlite();
    let server = Server::start_on_a_small_disk(place.data(), FULL_AT);
    let door = Door { tries: 1, ..door(&format!("127.0.0.1:{}", server.port())).await };
    let mut prepared = place.prepare(&door, 2).await;
    let (typing, sending) = (prepared.pop().expect("one of two"), prepared.pop().expect("one of two"));
    // Others fill the disk: what they write from here goes beyond its end.
    let many = place.prepare(&door, 300).await;
    let http = server.http();
    let page = |token: &str, page: &str| format!("/q/{token}/{page}");
    let typed = form([("clo_commentaire", "Tapé sur un disque plein")]);

    let report = at_once(8).submit(&door, &many).await;
    assert!(report.gave_up > 0, "the disk is full: {report}");
    assert!(report.errors.keys().all(|what| what.starts_with("503 ")), "{report}");
    let reply = http.post(&page(&typing.token, "commentaire"), &typed);
    assert_eq!(reply.status, 503, "{}", reply.body);
    assert!(reply.body.contains("pas été enregistré"), "{}", reply.body);
    assert!(reply.body.contains("Tapé sur un disque plein"), "what was typed is there: {}", reply.body);
    let reply = http.post(&page(&sending.token, "envoyer"), b"");
    assert_eq!(reply.status, 503, "{}", reply.body);
    assert!(reply.body.contains("pas encore envoyée"), "{}", reply.body);
    // Both pages are as readable as any other. The script would keep what was typed; this is what comes without it.
    let post =
        "const form = document.querySelector('main form'); HTMLFormElement.prototype.submit.call(form)";
    let typed_here = "document.querySelector('textarea').value = 'Tapé sur un disque plein'";
    let screen = page(&typing.token, "commentaire");
    let summary = page(&sending.token, "recapitulatif");
    tour::assert_readable(
        &server,
        &[
            Stop::doing("disk-full", &screen, &format!("{typed_here}; {post}")),
            Stop::doing("disk-full-sending", &summary, post),
        ],
    );
    // Reading goes on.
    assert_eq!(http.get(&page(&sending.token, "recapitulatif")).status, 200);
    drop(server);

    let verdict = place.verdict(&report).await;
    assert!(verdict.is_kept(), "{verdict}");
    let server = place.server();
    assert_eq!(server.http().post(&page(&typing.token, "commentaire"), &typed).status, 303);
    assert_eq!(server.http().post(&page(&sending.token, "envoyer"), b"").status, 303);
    assert_eq!(kept::record(&server.database(), &sending.token).await.state, RecordState::Submitted);
}
