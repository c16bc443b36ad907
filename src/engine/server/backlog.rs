//! Asks that take longer than a moment: each is worked on between messages, until it is answered, paused or cancelled.

use std::future::pending;
use std::pin::pin;

use futures_util::StreamExt;
use futures_util::future::{Either, select};

use super::{Inbox, Turn};
use crate::protocol::{Reply, RequestId, Work};

/// An ask that is worked on.
struct Entry {
    /// The ask.
    id: Option<RequestId>,
    work: Work<Reply>,
    is_paused: bool,
}

/// The oldest that is not paused is worked on.
#[derive(Default)]
pub struct Backlog(Vec<Entry>);

impl Backlog {
    pub fn add(&mut self, id: Option<RequestId>, work: Work<Reply>) {
        self.0.push(Entry {
            id,
            work,
            is_paused: false,
        });
    }

    pub fn has_work(&self) -> bool {
        self.next().is_some()
    }

    /// Works until one has ended or a message has come, whichever is first.
    pub async fn work(&mut self, inbox: &mut Inbox) -> Turn {
        let Some(at) = self.next() else {
            return next_message(inbox).await;
        };
        let message = pin!(next_message(inbox));
        let ended = match select(message, &mut self.0[at].work).await {
            Either::Left((turn, _)) => return turn,
            Either::Right((result, _)) => result,
        };
        Turn::WorkEnded(self.0.remove(at).id, ended)
    }

    /// Stops or goes on with the work on an ask, if there is any left.
    pub fn pause(&mut self, id: RequestId, is_paused: bool) {
        let entry = self.0.iter_mut().find(|entry| entry.id == Some(id));
        if let Some(entry) = entry {
            entry.is_paused = is_paused;
        }
    }

    /// Gives up the work on an ask. `false` where there is none.
    pub fn cancel(&mut self, id: RequestId) -> bool {
        let before = self.0.len();
        self.0.retain(|entry| entry.id != Some(id));
        self.0.len() < before
    }

    fn next(&self) -> Option<usize> {
        self.0.iter().position(|entry| !entry.is_paused)
    }
}

/// Once nobody can ask any more, none comes.
async fn next_message(inbox: &mut Inbox) -> Turn {
    match inbox.next().await {
        Some(frame) => Turn::Asked(frame),
        None => pending().await,
    }
}
