//! Who comes when.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::future::join_all;
use hyper::Method;
use intake::Tokens as _;
use questionnaire::Edition;
use tokio::time::Instant;

use crate::LoadError;
use crate::connection::Connection;
use crate::measure::{Report, Step};
use crate::prepare::Prepared;
use crate::target::Target;
use crate::visit::{End, Respondent, Visitor};

/// How the site is spoken to.
#[derive(Debug, Clone)]
pub struct Door {
    /// The site.
    pub target: Target,
    /// How long a respondent thinks before posting a screen.
    pub pause: Duration,
    /// How often a request is made before its respondent gives up, at least once.
    pub tries: u32,
    /// Whether a connection serves more than one request, as a browser's does.
    pub is_kept: bool,
}

/// How many come, and how fast.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    /// Respondents served at once: who comes when all connections are taken waits, and the wait counts.
    pub connections: usize,
    /// Respondents a second; as many as the connections allow when absent.
    pub rate: Option<f64>,
    /// How long respondents go on coming; those who came are served to the end.
    pub duration: Duration,
}

impl Crowd {
    /// Whole visits by these respondents, in turn and again from the first.
    pub async fn fill(self, door: &Door, edition: &Edition, respondents: &[Respondent]) -> Report {
        self.come(door, None, async |visitor, number| {
            let Some(respondent) = respondents.get(number % respondents.len().max(1)) else { return };
            let end = visitor.fill(edition, respondent).await;
            visitor.keep(|report| match end {
                End::Sent => {}
                End::Dropped => report.dropped += 1,
                End::Refused => report.refused += 1,
                End::GaveUp => report.gave_up += 1,
            });
        })
        .await
    }

    /// Only the last click of drafts that are complete, each once.
    pub async fn submit(self, door: &Door, prepared: &[Prepared]) -> Report {
        self.come(door, Some(prepared.len()), async |visitor, number| {
            let Some(draft) = prepared.get(number) else { return };
            visitor.cookies.clone_from(&draft.cookies);
            if visitor.submit(&draft.token, &draft.path, draft.form.clone()).await.is_none() {
                visitor.keep(|report| report.gave_up += 1);
            }
        })
        .await
    }

    /// The same whole response, sent again and again as a program does, each time under a key of its own: each is another
    /// response.
    ///
    /// # Errors
    /// When no random number can be drawn.
    pub async fn submit_whole(self, door: &Door, body: &str) -> Result<Report, LoadError> {
        let body = hyper::body::Bytes::copy_from_slice(body.as_bytes());
        let path = door.target.path("/api/v1/submissions");
        let run = u128::from_be_bytes(intake::SystemTokens.draw()?);
        Ok(self
            .come(door, None, async |visitor, number| {
                let key = format!("{:032x}", run.wrapping_add(number as u128));
                match visitor.connection.send_json(&path, &key, body.clone()).await {
                    Ok(reply) if reply.status == 201 => {
                        let latency = visitor.due.elapsed();
                        visitor.keep(|report| report.answered(Step::Submit, latency));
                    }
                    Ok(reply) => visitor.keep(|report| report.failed(reply.status.to_string())),
                    Err(what) => visitor.keep(|report| report.failed(what)),
                }
            })
            .await)
    }

    /// One page, again and again.
    pub async fn read(self, door: &Door, path: &str) -> Report {
        self.come(door, None, async |visitor, _| {
            if visitor.read(path).await.is_none() {
                visitor.keep(|report| report.gave_up += 1);
            }
        })
        .await
    }

    /// The same body posted again and again to a server that is not ours and answers 204.
    pub async fn post(self, door: &Door, path: &str, body: &str) -> Report {
        let body = hyper::body::Bytes::copy_from_slice(body.as_bytes());
        self.come(door, None, async |visitor, _| {
            match visitor.connection.send(Method::POST, path, "", Some(body.clone())).await {
                Ok(reply) if reply.status == 204 => {
                    let latency = visitor.due.elapsed();
                    visitor.keep(|report| report.answered(Step::Submit, latency));
                }
                Ok(reply) => visitor.keep(|report| report.failed(reply.status.to_string())),
                Err(what) => visitor.keep(|report| report.failed(what)),
            }
        })
        .await
    }

    /// Lets respondents come on schedule, `most` at most.
    async fn come(
        self,
        door: &Door,
        most: Option<usize>,
        visit: impl AsyncFn(&mut Visitor<'_>, usize),
    ) -> Report {
        let report = Mutex::new(Report::default());
        let next = AtomicUsize::new(0);
        let start = Instant::now();
        let serve = async || {
            let mut visitor = Visitor {
                door,
                connection: Connection::new(&door.target, door.is_kept),
                report: &report,
                cookies: Vec::new(),
                due: start,
            };
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let due = match self.rate {
                    Some(rate) => start + Duration::from_secs_f64(number as f64 / rate),
                    None => Instant::now(),
                };
                if due >= start + self.duration || most.is_some_and(|most| number >= most) {
                    return;
                }
                tokio::time::sleep_until(due).await;
                visitor.due = due;
                visitor.cookies.clear();
                visitor.keep(|report| report.came += 1);
                visit(&mut visitor, number).await;
            }
        };
        join_all((0..self.connections.max(1)).map(|_| serve())).await;
        let mut report = report.into_inner().unwrap_or_else(PoisonError::into_inner);
        report.elapsed = start.elapsed();
        report
    }
}
