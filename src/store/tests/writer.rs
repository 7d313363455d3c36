//! The writer's thread: waves across connections, closing, and a disk that does not take them.

use super::*;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap()
}

/// One connection: settle what you hold as sent, ask for the next, until there is nothing.
async fn connection(ledger: Ledger) -> Vec<i64> {
    let mut readers = Vec::new();
    let mut settled = Vec::new();
    loop {
        let wave = ledger.exchange(std::mem::take(&mut settled), 1).await.unwrap();
        if wave.grants.is_empty() {
            return readers;
        }
        readers.extend(wave.grants.iter().map(|grant| grant.reader));
        settled = outcomes(&wave.grants, State::Sent);
    }
}

#[test]
fn ten_connections_share_an_edition_and_each_reader_is_granted_once() {
    let home = Home::new();
    let mut store = home.open();
    let edition = sending(&mut store, 500);
    runtime().block_on(async {
        let ledger = Ledger::start(store, edition).unwrap();
        let connections: Vec<_> = (0..10).map(|_| tokio::spawn(connection(ledger.clone()))).collect();
        let mut readers = Vec::new();
        for connection in connections {
            readers.extend(connection.await.unwrap());
        }
        readers.sort_unstable();
        assert_eq!(readers, (1..=500).collect::<Vec<i64>>());
        let mut store = ledger.close().await.unwrap();
        assert_eq!(store.counts(edition).unwrap().sent, 500);
        assert!(store.close_if_done(&home.lock(), edition, morning()).unwrap());
        assert!(ledger.exchange(Vec::new(), 1).await.is_err(), "closed is closed");
    });
}

#[test]
fn an_outcome_whose_commit_failed_is_written_by_the_next_one() {
    let home = Home::new();
    let mut store = home.open();
    let edition = sending(&mut store, 2);
    store.connection.busy_timeout(Duration::ZERO).unwrap();
    runtime().block_on(async {
        let ledger = Ledger::start(store, edition).unwrap();
        let grants = ledger.exchange(Vec::new(), 1).await.unwrap().grants;
        let mut other = home.open();
        let writing = other.write().unwrap();
        let error = ledger.exchange(outcomes(&grants, State::Sent), 1).await.unwrap_err();
        assert_eq!(error.kind, Kind::Busy);
        drop(writing);
        let store = ledger.close().await.unwrap();
        let counts = store.counts(edition).unwrap();
        assert_eq!((counts.sent, counts.sending, counts.queued), (1, 0, 1));
    });
}

#[test]
fn a_full_disk_keeps_the_outcomes_and_grants_nothing() {
    let home = Home::new();
    let mut store = home.open();
    let edition = sending(&mut store, 5_000);
    let pages: i64 = store.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store.connection.pragma_update(None, "max_page_count", pages).unwrap();
    let mut grants = Vec::new();
    let full = loop {
        let settled: Vec<_> = outcomes(&grants, State::Sent)
            .into_iter()
            .map(|settled| Settled { reply: "250 ".repeat(300), ..settled })
            .collect();
        match store.wave(edition, &settled, 50, morning()) {
            Ok(wave) => grants = wave.grants,
            Err(error) => break error,
        }
    };
    assert_eq!(full.kind, Kind::Full, "{full}");
    assert_eq!(store.counts(edition).unwrap().sending, grants.len() as u64, "the wave left no trace");
    store.connection.pragma_update(None, "max_page_count", pages * 10).unwrap();
    store.wave(edition, &outcomes(&grants, State::Sent), 0, morning()).unwrap();
}
