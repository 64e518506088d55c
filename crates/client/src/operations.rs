//! Long-running operations: wait until one is final, with a deadline.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::{Client, Error, Kind, OperationState};

impl Client {
    /// Waits until an operation is completed or failed, asking `every` so often and telling `on_state` each
    /// answer. Passing trouble (no answer, throttling) is waited out. [`Error::Deadline`] if the operation is
    /// not final within `deadline`.
    pub async fn wait_operation(
        &self,
        id: &str,
        deadline: Duration,
        every: Duration,
        on_state: &(dyn Fn(&OperationState) + Sync),
    ) -> Result<OperationState, Error> {
        wait(|| self.operation(id), id, deadline, every, on_state).await
    }
}

/// No interval is shorter: a zero would ask as fast as the network allows.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(10);

async fn wait<F>(
    ask: impl Fn() -> F,
    id: &str,
    deadline: Duration,
    every: Duration,
    on_state: &(dyn Fn(&OperationState) + Sync),
) -> Result<OperationState, Error>
where
    F: Future<Output = Result<OperationState, Error>>,
{
    let too_late = || Error::Deadline { what: format!("operation {id}"), after: deadline };
    let end = Instant::now() + deadline;
    loop {
        let answer = tokio::time::timeout_at(end, ask()).await.map_err(|_| too_late())?;
        match answer {
            Ok(state) => {
                on_state(&state);
                if state.is_final() {
                    return Ok(state);
                }
            }
            Err(error) if matches!(error.kind(), Kind::Unreachable | Kind::Throttled) => {
                tracing::warn!(%error, operation = id, "the operation could not be asked about; trying again");
            }
            Err(error) => return Err(error),
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(too_late());
        }
        sleep(every.max(SHORTEST_INTERVAL).min(left)).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use muster_model::words::OperationStatus;

    use super::*;

    fn state(status: OperationStatus, progress: u32) -> OperationState {
        OperationState { status, progress, error: None }
    }

    /// Waits for an operation that gives these answers, one after the other, the last one for ever.
    async fn story(answers: Vec<Result<OperationState, Error>>) -> (Result<OperationState, Error>, Vec<u32>, Duration) {
        let answers = Mutex::new(answers.into_iter().rev().collect::<Vec<_>>());
        let seen = Mutex::new(Vec::new());
        let begun = Instant::now();
        let ended = wait(
            || {
                let mut answers = answers.lock().expect("not poisoned");
                let answer = if answers.len() > 1 { answers.pop() } else { answers.last().cloned() };
                std::future::ready(answer.expect("an answer"))
            },
            "7",
            Duration::from_secs(60),
            Duration::from_secs(25),
            &|state| seen.lock().expect("not poisoned").push(state.progress),
        )
        .await;
        (ended, seen.into_inner().expect("not poisoned"), begun.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_with_the_final_state_and_waits_trouble_out() {
        let trouble = Error::Throttled { endpoint: "e", wait: None };
        let done = state(OperationStatus::Completed, 100);
        let answers = vec![Ok(state(OperationStatus::Pending, 0)), Err(trouble), Ok(done.clone())];
        let (ended, seen, took) = story(answers).await;
        assert_eq!(ended.expect("completed"), done);
        assert_eq!((seen, took.as_secs()), (vec![0, 100], 50));
        let (ended, ..) = story(vec![Ok(state(OperationStatus::Failed, 40))]).await;
        assert_eq!(ended.expect("a final state").status, OperationStatus::Failed);
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_is_kept_and_what_cannot_pass_is_not_waited_for() {
        let (ended, seen, took) = story(vec![Ok(state(OperationStatus::InProgress, 5))]).await;
        assert_eq!(ended.expect_err("too late").kind(), Kind::Deadline);
        assert_eq!((seen.len(), took.as_secs()), (4, 60), "at 0, 25, 50 and 60 seconds");
        let missing = Error::Answered { endpoint: "e", status: 404, fault: None, kind: Kind::NotFound };
        let (ended, _, took) = story(vec![Err(missing)]).await;
        assert_eq!(ended.expect_err("not found").kind(), Kind::NotFound);
        assert!(took.is_zero());
    }
}
