//! What was asked of the engine, and how far each answer has come.
//!
//! An answer is kept under its kind of ask and a slot; a newer ask in the same place takes it over, so that an answer to
//! the older one changes nothing any more.

use std::sync::Arc;

use crate::protocol::{Ask, AskKind, EngineError, Reply, RequestId, Until};

/// An ask and how far its answer has come.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Answer<T> {
    #[default]
    Idle,
    Going,
    Done(Arc<T>),
    Failed(EngineError),
}

impl<T> Answer<T> {
    pub fn done(&self) -> Option<&Arc<T>> {
        match self {
            Self::Done(found) => Some(found),
            _ => None,
        }
    }

    pub fn is_going(&self) -> bool {
        matches!(self, Self::Going)
    }
}

/// Tells answers to asks of one kind apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// There is one such answer on the page.
    #[default]
    Only,
    Named(&'static str),
    Number(usize),
}

#[derive(Debug, Clone, PartialEq)]
enum Standing {
    Going { is_paused: bool },
    Done(Reply),
    Failed(EngineError),
}

#[derive(Debug, Clone, PartialEq)]
struct Entry {
    id: RequestId,
    kind: AskKind,
    slot: Slot,
    standing: Standing,
}

impl Entry {
    fn is_going(&self) -> bool {
        matches!(self.standing, Standing::Going { .. })
    }

    fn answer<A: Ask>(&self) -> Answer<A::Answer> {
        match &self.standing {
            Standing::Going { .. } => Answer::Going,
            Standing::Failed(error) => Answer::Failed(error.clone()),
            Standing::Done(reply) => A::answer_in(reply)
                .cloned()
                .map_or(Answer::Idle, Answer::Done),
        }
    }
}

/// The newest ask of every kind and slot, in the order asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answers {
    last_id: u32,
    entries: Vec<Entry>,
}

impl Answers {
    /// Notes an ask, under a fresh id.
    pub fn note(&mut self, kind: AskKind, slot: Slot) -> RequestId {
        self.last_id += 1;
        let id = RequestId(self.last_id);
        self.entries
            .retain(|entry| (entry.kind, entry.slot) != (kind, slot));
        self.entries.push(Entry {
            id,
            kind,
            slot,
            standing: Standing::Going { is_paused: false },
        });
        id
    }

    pub fn get<A: Ask>(&self, slot: Slot) -> Answer<A::Answer> {
        let is_it = |entry: &&Entry| entry.kind == A::KIND && entry.slot == slot;
        let found = self.entries.iter().find(is_it);
        found.map_or(Answer::Idle, Entry::answer::<A>)
    }

    /// The answer to the last ask of this kind, whatever its slot.
    pub fn newest<A: Ask>(&self) -> Answer<A::Answer> {
        let last = self.of_kind(A::KIND).last();
        last.map_or(Answer::Idle, Entry::answer::<A>)
    }

    /// All answers to asks of this kind that are there, in the order of their slots.
    pub fn all<A: Ask>(&self) -> Vec<Arc<A::Answer>> {
        let mut entries: Vec<&Entry> = self.of_kind(A::KIND).collect();
        entries.sort_by_key(|entry| entry.slot);
        let answers = entries.into_iter().map(Entry::answer::<A>);
        answers
            .filter_map(|answer| answer.done().cloned())
            .collect()
    }

    /// What kind of ask waits for an answer under this id.
    pub fn kind_of(&self, id: RequestId) -> Option<AskKind> {
        self.going().find(|entry| entry.id == id).map(|e| e.kind)
    }

    /// The newest ask of this kind that waits for an answer.
    pub fn going_id(&self, kind: AskKind) -> Option<RequestId> {
        let going = self.going().filter(|entry| entry.kind == kind);
        going.last().map(|entry| entry.id)
    }

    /// Whether an ask waits for an answer whose kind is one of these, and that the page has not paused.
    pub fn waits_for(&self, is_one: impl Fn(AskKind) -> bool) -> bool {
        self.entries.iter().any(|entry| {
            let is_awaited = matches!(entry.standing, Standing::Going { is_paused: false });
            is_awaited && is_one(entry.kind)
        })
    }

    pub fn is_paused(&self, kind: AskKind) -> bool {
        let mut entries = self.of_kind(kind);
        entries.any(|entry| matches!(entry.standing, Standing::Going { is_paused: true }))
    }

    pub fn pause(&mut self, id: RequestId, is_paused: bool) {
        self.settle(id, Standing::Going { is_paused });
    }

    pub fn done(&mut self, id: RequestId, reply: Reply) {
        self.settle(id, Standing::Done(reply));
    }

    pub fn failed(&mut self, id: RequestId, error: EngineError) {
        self.settle(id, Standing::Failed(error));
    }

    /// An answer to it will be none of ours.
    pub fn close(&mut self, id: RequestId) {
        self.entries.retain(|entry| entry.id != id);
    }

    /// The same for all asks of a kind that wait for an answer.
    pub fn close_kind(&mut self, kind: AskKind) {
        self.entries
            .retain(|entry| entry.kind != kind || !entry.is_going());
    }

    /// Drops all asks of a kind and their answers.
    pub fn drop_kind(&mut self, kind: AskKind) {
        self.entries.retain(|entry| entry.kind != kind);
    }

    /// Nobody will answer what is on its way.
    pub fn close_all(&mut self) {
        self.entries.retain(|entry| !entry.is_going());
    }

    /// Drops what held until `end`, and was asked before the ask that brought it.
    pub fn forget(&mut self, end: Until, before: RequestId) {
        self.entries
            .retain(|entry| entry.kind.until() > end || entry.id >= before);
    }

    /// The same, of what has not been answered yet.
    pub fn forget_going(&mut self, end: Until) {
        self.entries
            .retain(|entry| entry.kind.until() > end || !entry.is_going());
    }

    /// Nothing that was asked holds any more.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    fn settle(&mut self, id: RequestId, standing: Standing) {
        let entry = self.entries.iter_mut().find(|entry| entry.id == id);
        if let Some(entry) = entry.filter(|entry| entry.is_going()) {
            entry.standing = standing;
        }
    }

    fn of_kind(&self, kind: AskKind) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.kind == kind)
    }

    fn going(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.is_going())
    }
}
