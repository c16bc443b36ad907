//! A vault in memory, and what is left in it when a write fails.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::*;
use crate::engine::checkpoint_tests::{one_snapshot, usual};
use crate::engine::wait::block_on;

type Files = Rc<RefCell<BTreeMap<String, Vec<u8>>>>;

/// Clones share their files, as engines that come one after another do.
#[derive(Clone)]
pub struct Memory {
    pub files: Files,
    /// Bytes that still go in.
    pub room: Rc<Cell<usize>>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            files: Files::default(),
            room: Rc::new(Cell::new(usize::MAX)),
        }
    }
}

pub struct Writer {
    name: String,
    memory: Memory,
}

impl ByteSink for Writer {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let room = self.memory.room.get().checked_sub(bytes.len());
        let full = || Fault::foreign("there is no room");
        self.memory.room.set(room.ok_or_else(full)?);
        let mut files = self.memory.files.borrow_mut();
        files.entry(self.name.clone()).or_default().extend(bytes);
        Ok(())
    }
}

impl VaultWriter for Writer {
    fn finish(self) -> Result<(), Fault> {
        Ok(())
    }
}

impl Vault for Memory {
    type Writer = Writer;
    type Body = Vec<u8>;

    async fn create(&self, name: &str) -> Result<Writer, Fault> {
        self.files.borrow_mut().insert(name.to_owned(), Vec::new());
        Ok(Writer {
            name: name.to_owned(),
            memory: self.clone(),
        })
    }

    async fn open(&self, name: &str) -> Option<Vec<u8>> {
        self.files.borrow().get(name).cloned()
    }

    async fn remove(&self, name: &str) {
        self.files.borrow_mut().remove(name);
    }
}

fn opened(memory: &Memory) -> Keeper<Memory> {
    block_on(Keeper::open(memory.clone()))
}

fn step_in(memory: &Memory) -> Option<usize> {
    opened(memory).run().map(|run| run.step)
}

/// Keeps snapshots of these steps one after another.
fn kept(memory: &Memory, steps: &[usize]) {
    let mut keeper = opened(memory);
    for step in steps {
        block_on(keeper.keep(&one_snapshot(*step), usual().total_steps, "mine")).unwrap();
    }
}

#[test]
fn the_newest_of_two_counts_and_is_read_back() {
    let memory = Memory::default();
    assert_eq!(step_in(&memory), None);
    kept(&memory, &[2, 3, 4]);
    assert_eq!(memory.files.borrow().len(), 4);
    let keeper = opened(&memory);
    let run = keeper.run().unwrap();
    assert_eq!((run.step, run.total_steps, &run.note[..]), (4, 7, "mine"));
    let (checkpoint, note) = block_on(keeper.checkpoint(&Device::flex())).unwrap();
    assert_eq!((checkpoint.record.step, &note[..]), (4, "mine"));
    block_on(opened(&memory).discard());
    assert!(memory.files.borrow().is_empty());
}

#[test]
fn wherever_a_write_breaks_off_the_checkpoint_before_it_stands() {
    let whole = Memory::default();
    kept(&whole, &[2]);
    let bytes: usize = whole.files.borrow().values().map(Vec::len).sum();
    for room in [0, 5, 300, bytes / 2, bytes - 1] {
        let memory = Memory::default();
        kept(&memory, &[2]);
        memory.room.set(room);
        let mut keeper = opened(&memory);
        let error = block_on(keeper.keep(&one_snapshot(3), 7, "")).unwrap_err();
        let error = error.to_string();
        assert!(error.contains("no room"), "{error}");
        assert_eq!(keeper.run().map(|run| run.step), Some(2));
        assert_eq!(step_in(&memory), Some(2), "{room}");
        memory.room.set(usize::MAX);
        kept(&memory, &[4]);
        assert_eq!(step_in(&memory), Some(4));
    }
}

#[test]
fn a_file_without_its_record_and_a_record_without_its_file_are_none() {
    for (file, record) in PLACES {
        let memory = Memory::default();
        kept(&memory, &[2, 3]);
        memory.files.borrow_mut().remove(record);
        let left = step_in(&memory);
        assert!(left == Some(2) || left == Some(3), "{left:?}");
        let cut = memory.files.borrow_mut().get_mut(file).map(Vec::pop);
        assert!(cut.is_some());
        assert_eq!(step_in(&memory), left);
    }
    let memory = Memory::default();
    kept(&memory, &[2]);
    memory
        .files
        .borrow_mut()
        .get_mut(PLACES[0].0)
        .unwrap()
        .pop();
    assert_eq!(step_in(&memory), None);
}
