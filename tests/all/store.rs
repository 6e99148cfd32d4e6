//! Promise: a grant is used once, whoever and how many ask for it at the same time.

#![expect(clippy::disallowed_methods, reason = "tests make and look at files")]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use guarded_sh::agents::ProcessId;
use guarded_sh::store::{Ask, By, Decided, Request, State, Store, StoreError};

const HOUR: Duration = Duration::from_secs(3600);

fn ask(binding: &'static [u8]) -> Ask<'static> {
    let root = Some(ProcessId { pid: 10, start: 20 });
    Ask { binding, text: b"text", shown: "{}", hands_down: true, root, terminal: 0, session: 5, lasts: HOUR }
}

fn me(pid: i32) -> ProcessId {
    ProcessId { pid, start: u64::MAX }
}

fn open(folder: &Path) -> Store {
    Store::open(&folder.join("state")).expect("a store")
}

fn approve(store: &mut Store, request: &Request, now: SystemTime) {
    let done = store.decide(&request.id, State::Approved, &By("ada".into()), now).expect("a decision");
    assert!(matches!(done, Decided::Now(_)));
}

#[test]
fn the_same_question_is_one_request_and_its_grant_is_used_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = open(folder.path());
    let now = SystemTime::now();
    let first = store.ask(&ask(b"one"), now).expect("a request");
    assert_eq!(store.ask(&ask(b"one"), now).expect("the same").id, first.id);
    assert_ne!(store.ask(&ask(b"two"), now).expect("another").id, first.id);
    assert_eq!(store.consume(b"one", me(1), now).expect("a look"), None, "nobody approved it yet");
    approve(&mut store, &first, now);
    assert_eq!(store.consume(b"two", me(1), now).expect("a look"), None, "another question has no grant");
    assert_eq!(store.consume(b"one", me(1), now).expect("a look").map(|used| used.id), Some(first.id.clone()));
    assert_eq!(store.consume(b"one", me(1), now).expect("a look"), None, "used once");
    assert_eq!(store.request(&first.id.to_lowercase()).expect("a look").map(|found| found.state), Some(State::Used));
}

#[test]
fn an_expired_or_denied_request_gives_no_leave() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = open(folder.path());
    let now = SystemTime::now();
    let first = store.ask(&ask(b"one"), now).expect("a request");
    let late = store.decide(&first.id, State::Approved, &By("ada".into()), now + HOUR).expect("an answer");
    assert!(matches!(late, Decided::TooLate(_)));
    approve(&mut store, &first, now);
    assert_eq!(store.consume(b"one", me(1), now + HOUR).expect("a look"), None);
    let second = store.ask(&ask(b"two"), now).expect("a request");
    store.decide(&second.id, State::Denied, &By("ada".into()), now).expect("an answer");
    assert!(matches!(store.decide(&second.id, State::Approved, &By("x".into()), now), Ok(Decided::TooLate(_))));
    assert_eq!(store.consume(b"two", me(1), now).expect("a look"), None);
    assert!(matches!(store.decide("ZZZZ", State::Approved, &By("x".into()), now), Ok(Decided::Unknown)));
}

#[test]
fn a_used_grant_is_handed_down_once_and_only_below_the_process_that_used_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = open(folder.path());
    let now = SystemTime::now();
    let first = store.ask(&ask(b"one"), now).expect("a request");
    assert_eq!(store.hand_down(b"text", &[me(7)], now).expect("a look"), None);
    approve(&mut store, &first, now);
    store.consume(b"one", me(7), now).expect("a look").expect("the grant");
    assert_eq!(store.hand_down(b"other", &[me(7)], now).expect("a look"), None);
    assert_eq!(store.hand_down(b"text", &[me(9), ProcessId { pid: 7, start: 1 }], now).expect("a look"), None);
    assert_eq!(store.hand_down(b"text", &[me(9), me(7)], now).expect("a look"), Some(first.id));
    assert_eq!(store.hand_down(b"text", &[me(9), me(7)], now).expect("a look"), None);
}

#[test]
fn many_at_once_get_one_grant_and_lose_no_request() {
    let folder = tempfile::tempdir().expect("a folder");
    let now = SystemTime::now();
    let first = open(folder.path()).ask(&ask(b"one"), now).expect("a request");
    approve(&mut open(folder.path()), &first, now);
    let runs: Vec<_> = (0..24)
        .map(|at: i32| {
            let path = folder.path().to_path_buf();
            std::thread::spawn(move || {
                let mut store = open(&path);
                let binding = format!("mine {at}");
                let own = Ask { binding: binding.as_bytes(), ..ask(b"") };
                store.ask(&own, SystemTime::now()).expect("a request");
                store.consume(b"one", me(at), SystemTime::now()).expect("a look").is_some()
            })
        })
        .collect();
    let got = runs.into_iter().map(|run| run.join().expect("no panic")).filter(|got| *got).count();
    assert_eq!(got, 1);
    let pending = open(folder.path()).pending(now).expect("a list");
    let ids: std::collections::BTreeSet<_> = pending.iter().map(|request| request.id.clone()).collect();
    assert_eq!((pending.len(), ids.len()), (24, 24));
}

#[test]
fn the_store_is_private_to_its_user() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state");
    open(folder.path());
    let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!((mode(&state), mode(&state.join("guarded.db"))), (0o700, 0o600));
    std::fs::set_permissions(state.join("guarded.db"), std::fs::Permissions::from_mode(0o666)).expect("a mode");
    assert!(matches!(Store::open(&state), Err(StoreError::NotPrivate(_))));
    std::fs::remove_file(state.join("guarded.db")).expect("removed");
    std::os::unix::fs::symlink(folder.path().join("elsewhere"), state.join("guarded.db")).expect("a link");
    assert!(Store::open(&state).is_err(), "a link in the store's place is not followed");
    assert!(!folder.path().join("elsewhere").exists());
}

#[test]
fn a_pause_holds_from_its_beginning_to_its_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = open(folder.path());
    let now = SystemTime::now();
    assert_eq!(store.paused(now).expect("a look"), None);
    store.pause(HOUR, &By("ada".into()), now).expect("a pause");
    assert!(store.paused(now + HOUR / 2).expect("a look").is_some());
    assert!(store.paused(now + HOUR).expect("a look").is_none());
    assert!(store.paused(now - HOUR).expect("a look").is_none());
    store.resume(now).expect("an end");
    assert!(store.paused(now + HOUR / 2).expect("a look").is_none());
}
