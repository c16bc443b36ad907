//! What the page asks of the engine.

use leptos::prelude::*;

use super::EngineClient;
use crate::protocol::{self, Ask, AskKind, Command, RequestId, asks};
use crate::ui::state::Slot;

impl EngineClient {
    /// Asks the engine, unless there is no worker to hear it. `State::answer` has the answer when it is there.
    pub fn ask<A: Ask>(self, ask: A) {
        self.send(Slot::Only, ask.into());
    }

    /// The same, with the answer kept apart from those to other asks of its kind.
    pub fn ask_at<A: Ask>(self, slot: Slot, ask: A) {
        self.send(slot, ask.into());
    }

    /// Gives up what the engine works on between messages.
    pub fn cancel_work(self, kind: AskKind) {
        if let Some(request_id) = self.worked_on(kind) {
            self.ask(asks::CancelWork { request_id });
        }
    }

    /// Stops it for a while, or goes on with it.
    pub fn pause_work(self, kind: AskKind, is_paused: bool) {
        match (self.worked_on(kind), is_paused) {
            (Some(request_id), true) => self.ask(asks::PauseWork { request_id }),
            (Some(request_id), false) => self.ask(asks::ResumeWork { request_id }),
            (None, _) => {}
        }
    }

    fn worked_on(self, kind: AskKind) -> Option<RequestId> {
        self.state
            .with_untracked(|state| state.answers.going_id(kind))
    }

    fn send(self, slot: Slot, command: Command) {
        if self.port.with_value(Option::is_none) {
            return;
        }
        let mut frame = None;
        self.state
            .update(|state| frame = Some(state.ask(slot, command)));
        let Some(frame) = frame else { return };
        let bytes = match protocol::encode(&frame) {
            Ok(bytes) => bytes,
            Err(error) => return self.lose(&error.to_string()),
        };
        let sent = self
            .port
            .with_value(|port| port.as_ref().map(|port| port.send(&bytes)));
        if let Some(Err(error)) = sent {
            self.lose(&format!("{error:?}"));
        }
    }
}
