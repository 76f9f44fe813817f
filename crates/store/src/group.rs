//! Questions that came together, asked together.
//!
//! A database answers forty questions in one statement in little more time than one. A group takes all questions that
//! wait, has them answered at once, and meanwhile the next ones gather: alone, nobody waits for company; in a crowd, the
//! cost of a statement is shared. What is answered was read or written after the question was asked, never before.

use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot};

use crate::StoreError;

/// Questions that may wait before those who ask do.
const QUEUE: usize = 1024;

/// Answers questions together.
#[async_trait]
pub trait Together<Q, A>: Send + 'static {
    /// One answer for each question, in the same order.
    async fn answer(&mut self, questions: Vec<Q>) -> Vec<A>;
}

/// The way to whoever answers, a task of its own that ends once this is dropped.
pub struct Group<Q, A> {
    asked: mpsc::Sender<(Q, oneshot::Sender<A>)>,
}

impl<Q, A> std::fmt::Debug for Group<Q, A> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Group").finish_non_exhaustive()
    }
}

impl<Q: Send + 'static, A: Send + 'static> Group<Q, A> {
    /// Starts the task, which takes at most so many questions at once.
    pub fn start(most: usize, mut who: impl Together<Q, A>) -> Self {
        let (asked, mut waiting) = mpsc::channel::<(Q, oneshot::Sender<A>)>(QUEUE);
        tokio::spawn(async move {
            let mut taken = Vec::with_capacity(most);
            while waiting.recv_many(&mut taken, most).await > 0 {
                let (questions, replies): (Vec<_>, Vec<_>) = taken.drain(..).unzip();
                for (reply, answer) in replies.into_iter().zip(who.answer(questions).await) {
                    // Who went away does not need the answer.
                    let _ = reply.send(answer);
                }
            }
        });
        Self { asked }
    }

    /// Asks, and waits for the answer. What is asked is done even if nobody waits for its end.
    ///
    /// # Errors
    /// `Unavailable` when the task has stopped.
    pub async fn ask(&self, question: Q) -> Result<A, StoreError> {
        let stopped =
            || StoreError::Unavailable("the task that speaks to the database has stopped".to_owned());
        let (reply, answer) = oneshot::channel();
        self.asked.send((question, reply)).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::*;

    /// Doubles, and says among how many.
    struct Doubles;

    #[async_trait]
    impl Together<u32, (u32, usize)> for Doubles {
        async fn answer(&mut self, questions: Vec<u32>) -> Vec<(u32, usize)> {
            assert!(!questions.contains(&13), "thirteen is not answered");
            questions.iter().map(|question| (2 * question, questions.len())).collect()
        }
    }

    #[tokio::test]
    async fn questions_that_wait_together_are_answered_together_each_its_own() {
        let group = Group::start(4, Doubles);
        // The task does not run before the first await: all six wait.
        let answers = join_all((0..6).map(|number| group.ask(number))).await;
        let answers: Vec<_> = answers.into_iter().map(|answer| answer.expect("answered")).collect();
        assert_eq!(answers, [(0, 4), (2, 4), (4, 4), (6, 4), (8, 2), (10, 2)]);
    }

    #[tokio::test]
    async fn a_task_that_broke_down_is_unavailable() {
        let group = Group::start(4, Doubles);
        for question in [13, 1] {
            assert!(matches!(group.ask(question).await, Err(StoreError::Unavailable(_))));
        }
    }
}
