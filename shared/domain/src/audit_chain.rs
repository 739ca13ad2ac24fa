//! Whether a chain of audit entries is whole.

use std::collections::BTreeMap;

use crate::{AuditAnchor, AuditEntry, ChainHash, WorkspaceId};

/// Something that is wrong with a chain. Numbers are those of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainFault {
    /// An entry is not as it was when its hash was made.
    Altered {
        /// Which.
        seq: u64,
    },
    /// An entry does not hold the hash of the one before it.
    Unlinked {
        /// Which.
        seq: u64,
    },
    /// Entries are not there.
    Missing {
        /// The first of them.
        from: u64,
        /// The last.
        to: u64,
    },
    /// An entry stands after one with the same or a higher number.
    Displaced {
        /// Which.
        seq: u64,
    },
    /// An entry is of another workspace than the first.
    Foreign {
        /// Which.
        seq: u64,
    },
    /// The chain ends before an entry that was anchored.
    CutShort {
        /// Its last entry.
        last: u64,
        /// The entry that was anchored.
        anchored: u64,
    },
    /// An entry has another hash than was anchored: the chain was written anew.
    Rewritten {
        /// Which.
        seq: u64,
    },
    /// An anchor is of another workspace.
    ForeignAnchor {
        /// The entry it names.
        seq: u64,
    },
}

/// Whether a chain should be there from its first entry to its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// A selection: what a filter left.
    Selection,
}

/// Checks entries, in the order in which they stand, against each other and against what was
/// anchored. An empty answer: nothing is wrong.
#[must_use]
pub fn check_chain(
    entries: &[AuditEntry],
    anchors: &[AuditAnchor],
    extent: Extent,
) -> Vec<ChainFault> {
    let mut faults = Vec::new();
    let workspace = entries.first().map(|entry| entry.workspace);
    let (mut last, mut hash) = (0, ChainHash::START);
    for entry in entries {
        let seq = entry.seq;
        if Some(entry.workspace) != workspace {
            faults.push(ChainFault::Foreign { seq });
        }
        if !entry.is_sound() {
            faults.push(ChainFault::Altered { seq });
        }
        if seq <= last {
            faults.push(ChainFault::Displaced { seq });
            continue;
        }
        if seq > last + 1 {
            if extent == Extent::Whole {
                let (from, to) = (last + 1, seq - 1);
                faults.push(ChainFault::Missing { from, to });
            }
        } else if entry.prev_hash != hash {
            faults.push(ChainFault::Unlinked { seq });
        }
        (last, hash) = (seq, entry.hash);
    }
    faults.extend(anchored(entries, anchors, workspace, last, extent));
    faults
}

fn anchored(
    entries: &[AuditEntry],
    anchors: &[AuditAnchor],
    workspace: Option<WorkspaceId>,
    last: u64,
    extent: Extent,
) -> Vec<ChainFault> {
    let hashes: BTreeMap<u64, ChainHash> = entries
        .iter()
        .map(|entry| (entry.seq, entry.hash))
        .collect();
    let mut faults = Vec::new();
    for anchor in anchors {
        let seq = anchor.seq;
        if workspace.is_some_and(|workspace| workspace != anchor.workspace_id) {
            faults.push(ChainFault::ForeignAnchor { seq });
            continue;
        }
        match hashes.get(&seq) {
            Some(hash) if *hash != anchor.hash => faults.push(ChainFault::Rewritten { seq }),
            None if seq > last && extent == Extent::Whole => {
                faults.push(ChainFault::CutShort {
                    last,
                    anchored: seq,
                });
            }
            _ => {}
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AuditEvent, AuditHead, AuditOutcome, Moment};
    use proptest::prelude::*;
    use time::macros::datetime;

    const NOW: Moment = datetime!(2026-04-01 09:00 UTC);

    fn chain(of: u8, actions: &[&str]) -> Vec<AuditEntry> {
        let workspace = WorkspaceId::from_random([of; 16]);
        let mut head = AuditHead::START;
        actions
            .iter()
            .map(|action| {
                let event = AuditEvent {
                    at: NOW,
                    action: (*action).to_owned(),
                    outcome: AuditOutcome::Done,
                    actor: None,
                    subject: None,
                    network: None,
                    request: None,
                    changes: Vec::new(),
                };
                let entry = AuditEntry::after(workspace, head, event);
                head = entry.head();
                entry
            })
            .collect()
    }

    fn anchor(entry: &AuditEntry) -> AuditAnchor {
        AuditAnchor {
            workspace_id: entry.workspace,
            seq: entry.seq,
            hash: entry.hash,
            at: NOW,
        }
    }

    fn whole(entries: &[AuditEntry], anchors: &[AuditAnchor]) -> Vec<ChainFault> {
        check_chain(entries, anchors, Extent::Whole)
    }

    /// Check sheet: SEC-C-04.
    #[test]
    fn an_edit_a_removal_and_a_change_of_order_are_found_where_they_are() {
        let sound = chain(1, &["a", "b", "c", "d"]);
        assert_eq!(whole(&sound, &[]), []);

        let mut edited = sound.clone();
        edited[1].event.action = "x".to_owned();
        assert_eq!(whole(&edited, &[]), [ChainFault::Altered { seq: 2 }]);

        let mut short = sound.clone();
        short.remove(1);
        assert_eq!(whole(&short, &[]), [ChainFault::Missing { from: 2, to: 2 }]);

        let mut reordered = sound.clone();
        reordered.swap(1, 2);
        let faults = whole(&reordered, &[]);
        assert!(
            faults.contains(&ChainFault::Displaced { seq: 2 }),
            "{faults:?}"
        );

        let mut foreign = sound;
        foreign[2] = chain(2, &["a", "b", "c"]).remove(2);
        let faults = whole(&foreign, &[]);
        assert!(
            faults.contains(&ChainFault::Foreign { seq: 3 }),
            "{faults:?}"
        );
    }

    /// Check sheet: SEC-C-04.
    #[test]
    fn an_end_cut_off_or_a_chain_written_anew_is_found_by_its_anchor() {
        let sound = chain(1, &["a", "b", "c"]);
        let anchor = anchor(&sound[2]);
        assert_eq!(whole(&sound, &[anchor]), []);
        assert_eq!(
            whole(&sound[..2], &[anchor]),
            [ChainFault::CutShort {
                last: 2,
                anchored: 3
            }]
        );
        let anew = chain(1, &["a", "b", "x"]);
        assert_eq!(whole(&anew, &[anchor]), [ChainFault::Rewritten { seq: 3 }]);
        let others = chain(2, &["a"]);
        assert_eq!(
            whole(&others, &[anchor]),
            [ChainFault::ForeignAnchor { seq: 3 }]
        );
    }

    #[test]
    fn a_selection_may_leave_entries_out_and_may_change_none() {
        let mut some = chain(1, &["a", "b", "c", "d"]);
        let anchor = anchor(&some[3]);
        some.remove(1);
        some.pop();
        assert_eq!(check_chain(&some, &[anchor], Extent::Selection), []);
        some[1].event.action = "x".to_owned();
        assert_eq!(
            check_chain(&some, &[], Extent::Selection),
            [ChainFault::Altered { seq: 3 }]
        );
    }

    proptest! {
        #[test]
        fn no_chain_with_its_head_anchored_loses_or_swaps_an_entry_unnoticed(
            length in 2_usize..12, at in 0_usize..12, with in 0_usize..12, remove: bool,
        ) {
            let names: Vec<String> = (0..length).map(|n| n.to_string()).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let mut entries = chain(1, &names);
            let anchor = anchor(&entries[length - 1]);
            let (at, with) = (at % length, with % length);
            if remove {
                entries.remove(at);
            } else {
                prop_assume!(at != with);
                entries.swap(at, with);
            }
            prop_assert!(!whole(&entries, &[anchor]).is_empty());
        }
    }
}
