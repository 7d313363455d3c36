//! A disk with two states: what was written, and what a power cut leaves.

use chrono::{DateTime, Utc};

use crate::ledger::State;

/// One reader's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) state: State,
    pub(super) tries: u32,
    pub(super) contacts: u32,
    pub(super) unseen: bool,
    pub(super) due: Option<DateTime<Utc>>,
}

/// The rows as written, and as they are on the disk; reader 1 has the first.
#[derive(Clone, Debug)]
pub(super) struct Disk {
    pub(super) written: Vec<Row>,
    pub(super) synced: Vec<Row>,
}

impl Disk {
    pub(super) fn new(readers: i64) -> Self {
        let row = Row { state: State::Queued, tries: 0, contacts: 0, unseen: false, due: None };
        let rows = vec![row; readers as usize];
        Self { written: rows.clone(), synced: rows }
    }

    pub(super) fn commit(&mut self) {
        self.synced.clone_from(&self.written);
    }

    /// The power goes: what was not synced is forgotten.
    pub(super) fn forget(&mut self) {
        self.written.clone_from(&self.synced);
    }

    pub(super) fn row(&self, reader: i64) -> Row {
        self.written[reader as usize - 1]
    }

    pub(super) fn put(&mut self, reader: i64, row: Row) {
        let Row { state: before, unseen, .. } = self.row(reader);
        let may = before.may_become(row.state, unseen);
        assert!(before == row.state || may, "{before:?} cannot become {:?} ({unseen})", row.state);
        self.written[reader as usize - 1] = row;
    }

    /// The first reader behind this one in such a state.
    pub(super) fn next(&self, behind: i64, state: State) -> Option<i64> {
        let at = self.written.iter().skip(behind as usize).position(|row| row.state == state)?;
        Some(behind + 1 + at as i64)
    }
}
