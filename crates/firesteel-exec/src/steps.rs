//! Machines that work step by step: what a step came to, as a poll. There is nothing to wait for; others only may have their
//! turn before the next step.

use std::task::{Context, Poll};

use firesteel_common::Result;
use firesteel_expr::batch::Batch;

/// What a source's step came to.
pub(crate) enum Step {
    More,
    /// An empty one counts as none.
    Batch(Batch),
    End,
}

/// A source's answer after a step.
pub(crate) fn poll_source(step: Result<Step>, cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
    match step {
        Ok(Step::Batch(batch)) if !batch.is_empty() => Poll::Ready(Ok(Some(batch))),
        Ok(Step::Batch(_) | Step::More) => {
            cx.waker().wake_by_ref();
            Poll::Pending
        }
        Ok(Step::End) => Poll::Ready(Ok(None)),
        Err(error) => Poll::Ready(Err(error)),
    }
}

/// A sink's answer after a step that may not have been the last.
pub(crate) fn poll_sink(step: Result<()>, cx: &mut Context<'_>) -> Poll<Result<()>> {
    match step {
        Ok(()) => {
            cx.waker().wake_by_ref();
            Poll::Pending
        }
        failed => Poll::Ready(failed),
    }
}
