//! Everything that fuzzing found worth keeping, again.

use std::panic::{AssertUnwindSafe, catch_unwind};

use koeba_fuzz::{TARGETS, Target, kept, read, target};

#[test]
fn every_datagram_that_was_kept_is_survived() {
    replay("datagrams");
}

#[test]
fn every_offer_that_was_kept_is_answered_or_refused() {
    replay("offer");
}

#[test]
fn every_order_of_a_rooms_inputs_that_was_kept_leaves_it_whole() {
    replay("room");
}

#[test]
fn every_signal_that_was_kept_is_read_or_refused() {
    replay("signal");
}

#[test]
fn every_target_has_seeds_and_a_corpus() {
    for target in TARGETS {
        assert!(!(target.seeds)().is_empty(), "{}", target.name);
        assert!(kept(target.name).is_file(), "{}", target.name);
    }
}

fn replay(name: &str) {
    let target = target(name).expect("it is a target");
    let kept = read(&kept(name)).expect("an archive");
    let seeds = (target.seeds)().into_iter();
    let seeds = (1..)
        .zip(seeds)
        .map(|(n, seed)| (format!("seed {n}"), seed));
    let all: Vec<_> = seeds.chain(kept).collect();
    let failed: Vec<_> = all
        .iter()
        .filter(|(_, input)| !holds(target, input))
        .map(|(name, _)| name.as_str())
        .collect();
    assert!(
        failed.is_empty(),
        "{} of {} inputs: {failed:?}",
        failed.len(),
        all.len()
    );
    println!("{name}: {} inputs", all.len());
}

fn holds(target: Target, input: &[u8]) -> bool {
    catch_unwind(AssertUnwindSafe(|| (target.run)(input))).is_ok()
}
