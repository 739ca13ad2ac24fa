//! What a change of each kind of item means: an entry of the audit log, or nothing, because.
//!
//! A kind that is not here fails a test: whoever stores something new decides here what of it is
//! worth knowing later.

use koeba_storage::TableChange;

use super::draft::Draft;
use super::{accounts, workspaces};

/// What is made of a change of one kind of item.
#[derive(Clone, Copy)]
pub(crate) enum Decision {
    /// This, if the change means something.
    Told(fn(&TableChange) -> Option<Draft>),
    /// Nothing, because.
    Ignored(&'static str),
}

use Decision::{Ignored, Told};

/// One row for every kind.
pub(crate) const TABLE: &[(&str, Decision)] = &[
    ("workspace", Told(workspaces::workspace)),
    ("policy", Told(workspaces::policy)),
    ("member", Told(workspaces::member)),
    ("invitation", Told(workspaces::invitation)),
    ("invitation link", Told(workspaces::invitation_link)),
    ("access review", Told(workspaces::access_review)),
    ("review line", Told(workspaces::review_line)),
    ("room", Told(workspaces::room)),
    ("refusal", Told(workspaces::refusal)),
    ("export", Told(workspaces::export)),
    ("user", Told(accounts::user)),
    ("session", Told(accounts::session)),
    ("second step", Told(accounts::second_step)),
    ("refused sign-in", Told(accounts::refused_sign_in)),
    (
        "invitee",
        Ignored("it is a lock, written with the invitation"),
    ),
    ("room name", Ignored("it is a lock, written with the room")),
    ("address", Ignored("it is a lock, written with the account")),
    (
        "deletion",
        Ignored("what is deleted takes its log along; the certificate tells of it"),
    ),
    (
        "finding",
        Ignored("it is about the account that all workspaces stand in, and has a page"),
    ),
    (
        "word of an invitation",
        Ignored("it is written with the invitation"),
    ),
    (
        "subject key",
        Ignored("it stands in a table of its own, which has no stream"),
    ),
    (
        "review result",
        Ignored("it is written with the review's completion"),
    ),
    (
        "due review",
        Ignored("it is a day in the calendar, written with the review"),
    ),
    (
        "roster",
        Ignored("who is in a room is presence, not a change of the workspace"),
    ),
    (
        "lease",
        Ignored("which node serves a room is no change of the workspace"),
    ),
    (
        "media node",
        Ignored("it says of itself that it is there, and belongs to no workspace"),
    ),
    (
        "connection",
        Ignored("who looks at a list of rooms is presence, not a change of the workspace"),
    ),
    (
        "connection pointer",
        Ignored("it says where a connection is, and goes with it"),
    ),
    (
        "mail",
        Ignored("it follows from the change that it tells of"),
    ),
    (
        "eviction",
        Ignored("it follows from the change of the member"),
    ),
    (
        "tombstone",
        Ignored("it is read as the end of what it stands for"),
    ),
    ("audit entry", Ignored("it is the log itself")),
    ("audit head", Ignored("it is the log itself")),
    ("audited record", Ignored("it is the log itself")),
    ("stream position", Ignored("it is the log itself")),
    (
        "sign-up",
        Ignored("there is no account yet, and no workspace"),
    ),
    ("mailed token", Ignored("what it is used for is told")),
    ("pending second step", Ignored("what it becomes is told")),
    ("change of address", Ignored("the changed account is told")),
    (
        "password reset",
        Ignored("anybody may ask for one; the changed password is told"),
    ),
    ("device", Ignored("it is written with the sign-in")),
    (
        "limit",
        Ignored("it counts tries; a try that matters leaves a refusal"),
    ),
];

/// What a change means.
///
/// # Errors
/// The kind, when the table does not decide it.
pub(crate) fn translate(change: &TableChange) -> Result<Option<Draft>, &'static str> {
    match TABLE.iter().find(|(kind, _)| *kind == change.kind) {
        Some((_, Told(tell))) => Ok(tell(change)),
        Some((kind, Ignored(reason))) => {
            tracing::trace!(kind, reason, "not for the audit log");
            Ok(None)
        }
        None => Err(change.kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use koeba_storage::item_kinds;

    /// Check sheet: SEC-C-04.
    #[test]
    fn every_kind_of_item_is_decided() {
        for kind in item_kinds() {
            assert!(
                TABLE.iter().any(|(one, _)| *one == kind),
                "say in functions/events/src/audit/table.rs what a change of {kind:?} means"
            );
        }
    }

    #[test]
    fn whatever_can_stand_in_a_log_has_words_in_both_languages() {
        let words = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../web/src/i18n/admin/words.ts"
        );
        let words = std::fs::read_to_string(words).expect("the words of the web client");
        let sources = concat!(env!("CARGO_MANIFEST_DIR"), "/src/audit");
        let mut found = 0;
        for file in std::fs::read_dir(sources).expect("the sources") {
            let path = file.expect("a file").path();
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let told = text.split('"').skip(1).step_by(2).filter(|word| {
                let is_name = |part: &str| part.chars().all(|c| matches!(c, 'a'..='z' | '_'));
                let subjects = [
                    "access",
                    "access_review",
                    "account",
                    "audit",
                    "export",
                    "invitation",
                    "invitation_link",
                    "member",
                    "ownership",
                    "policy",
                    "responsible_manager",
                    "room",
                    "workspace",
                ];
                word.split_once('.')
                    .is_some_and(|(of, what)| subjects.contains(&of) && is_name(what))
            });
            for action in told {
                found += 1;
                let times = words.matches(&format!("'{action}'")).count();
                assert_eq!(times, 2, "{action} in web/src/i18n/admin/words.ts");
            }
        }
        assert!(found > 30, "the sources name what they tell as they did");
    }

    #[test]
    fn no_kind_is_decided_twice_and_what_is_ignored_has_a_reason() {
        for (place, (kind, decision)) in TABLE.iter().enumerate() {
            assert!(TABLE[..place].iter().all(|(one, _)| one != kind), "{kind}");
            if let Ignored(reason) = decision {
                assert!(reason.len() > 15, "{kind}");
            }
        }
    }
}
