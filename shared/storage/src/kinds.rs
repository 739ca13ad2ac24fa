//! What kind of item stands at a key, for whoever reads the table's stream.

use koeba_domain::{UserId, WorkspaceId};

use crate::keys::Key;

/// Whose an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A workspace's.
    Workspace(WorkspaceId),
    /// An account's.
    User(UserId),
    /// Neither's: it comes before an account, or limits something.
    Nobody,
}

/// Items of a workspace: the end of the partition key, the beginning of the sort key, the kind.
const OF_WORKSPACES: [(&str, &str, &str); 22] = [
    ("META", "WORKSPACE", "workspace"),
    ("META", "POLICY", "policy"),
    ("MEMBERS", "MEMBER#", "member"),
    ("INVITATIONS", "INVITATION#", "invitation"),
    ("INVITEES", "ADDRESS#", "invitee"),
    ("LINKS", "LINK#", "invitation link"),
    ("REVIEWS", "REVIEW#", "access review"),
    ("REVIEWLINES", "REVIEW#", "review line"),
    ("REVIEWRESULTS", "REVIEW#", "review result"),
    ("ROOMS", "ROOM#", "room"),
    ("ROOMNAMES", "NAME#", "room name"),
    ("OCCUPANCY", "ROOM#", "roster"),
    ("LEASES", "ROOM#", "lease"),
    ("LIVE", "USER#", "connection"),
    ("OUTBOX", "MAIL#", "mail"),
    ("EVICTIONS", "", "eviction"),
    ("GONE", "", "tombstone"),
    ("AUDIT", "ENTRY#", "audit entry"),
    ("AUDIT", "HEAD", "audit head"),
    ("AUDITSEEN", "RECORD#", "audited record"),
    ("REFUSALS", "REFUSAL#", "refusal"),
    ("EXPORTS", "EXPORT#", "export"),
];

/// Items of an account: the beginning of the sort key, the kind.
const OF_ACCOUNTS: [(&str, &str); 9] = [
    ("PROFILE", "user"),
    ("SESSION#", "session"),
    ("STEP#", "second step"),
    ("TOKEN#", "mailed token"),
    ("PENDING#", "pending second step"),
    ("EMAILCHANGE#", "change of address"),
    ("DEVICE#", "device"),
    ("REFUSED#", "refused sign-in"),
    ("GONE#", "tombstone"),
];

/// Items of neither: the beginning of the partition key and of the sort key, the kind.
const OF_NOBODY: [(&str, &str, &str); 13] = [
    ("EMAIL#", "EMAIL", "address"),
    ("EMAIL#", "INVITED#", "word of an invitation"),
    ("SIGNUP#", "", "sign-up"),
    ("OUTBOX#REVIEWS", "", "due review"),
    ("OUTBOX#", "", "mail"),
    ("RESET#", "", "password reset"),
    ("LIMIT#", "", "limit"),
    ("LEDGER#", "", "deletion"),
    ("FINDINGS#", "FINDING#", "finding"),
    ("LIVE#", "", "connection pointer"),
    ("NODES#", "NODE#", "media node"),
    ("STREAM#", "", "stream position"),
    ("SUBJECT#", "", "subject key"),
];

/// The kind and the owner of what stands at a key, and what its sort key says beyond the kind;
/// `None` for a key that nothing of ours has.
pub(crate) fn at(key: &Key) -> Option<(&'static str, Owner, &str)> {
    if let Some(rest) = key.pk.strip_prefix("WS#") {
        let (id, part) = rest.split_once('#')?;
        let owner = Owner::Workspace(id.parse().ok()?);
        return OF_WORKSPACES
            .iter()
            .filter(|(of, _, _)| *of == part)
            .find_map(|(_, start, kind)| Some((*kind, owner, key.sk.strip_prefix(start)?)));
    }
    if let Some(id) = key.pk.strip_prefix("USER#") {
        let owner = Owner::User(id.parse().ok()?);
        return OF_ACCOUNTS
            .iter()
            .find_map(|(start, kind)| Some((*kind, owner, key.sk.strip_prefix(start)?)));
    }
    OF_NOBODY
        .iter()
        .filter(|(start, _, _)| key.pk.starts_with(start))
        .find_map(|(_, start, kind)| Some((*kind, Owner::Nobody, key.sk.strip_prefix(start)?)))
}

/// Every kind of item that there is; one that stands at several keys comes several times.
pub fn item_kinds() -> impl Iterator<Item = &'static str> {
    let of_workspaces = OF_WORKSPACES.iter().map(|(_, _, kind)| *kind);
    let of_accounts = OF_ACCOUNTS.iter().map(|(_, kind)| *kind);
    let of_nobody = OF_NOBODY.iter().map(|(_, _, kind)| *kind);
    of_workspaces.chain(of_accounts).chain(of_nobody)
}

#[cfg(test)]
mod tests {
    use super::*;
    use koeba_domain::{RoomId, SessionId};

    #[test]
    fn a_key_tells_what_stands_there_and_whose_it_is() {
        let workspace = WorkspaceId::from_random([7; 16]);
        let user = UserId::from_random([8; 16]);
        let room = RoomId::from_random([9; 16]);
        assert_eq!(
            at(&Key::room(workspace, room)),
            Some(("room", Owner::Workspace(workspace), &*room.to_string()))
        );
        assert_eq!(
            at(&Key::occupancy(workspace, room)).map(|(kind, ..)| kind),
            Some("roster")
        );
        let session = SessionId::from_random([1; 16]);
        assert_eq!(
            at(&Key::mailed_token(user, session)).map(|(kind, owner, _)| (kind, owner)),
            Some(("mailed token", Owner::User(user)))
        );
    }

    /// Every kind that the crate's sources name is found at some key.
    #[test]
    fn no_kind_of_item_is_forgotten() {
        let sources = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        let mut found = 0;
        for file in std::fs::read_dir(sources).expect("the sources") {
            let path = file.expect("a file").path();
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let kinds = text.lines().filter_map(|line| {
                let named = line.strip_prefix("    const KIND: &'static str = \"")?;
                named.strip_suffix("\";")
            });
            for kind in kinds {
                found += 1;
                assert!(
                    item_kinds().any(|one| one == kind),
                    "say in kinds.rs at which keys an item of kind {kind:?} stands"
                );
            }
        }
        assert!(found > 20, "the sources name their kinds as they did");
    }
}
