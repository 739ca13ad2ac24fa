//! A workspace with people and rooms in it.

use std::sync::atomic::{AtomicUsize, Ordering};

use koeba_tests::{Answer, Koeba, Visitor};
use serde_json::{Value, json};

/// A running Koeba with one workspace.
pub(crate) struct World {
    pub(crate) koeba: Koeba,
    pub(crate) owner: Visitor,
    pub(crate) member: Visitor,
    pub(crate) workspace: String,
    pub(crate) room: String,
    fresh: AtomicUsize,
}

impl World {
    /// An owner, a member and `rooms` rooms.
    pub(crate) async fn with_rooms(rooms: usize) -> Self {
        let koeba = Koeba::start().await;
        let owner = Visitor::signed_up(koeba.app(), "Owner").await;
        let member = Visitor::signed_up(koeba.app(), "Member").await;
        let workspace = owner.create_workspace("Harbour").await;
        owner.invite(&workspace, &member.email, "member").await;
        member.accept_invitation().await;
        let mut room = String::new();
        for number in 0..rooms {
            room = owner
                .create_room(&workspace, &format!("Room {number}"))
                .await;
        }
        Self {
            koeba,
            owner,
            member,
            workspace,
            room,
            fresh: AtomicUsize::new(0),
        }
    }

    /// A path inside the workspace.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/api/workspaces/{}{rest}", self.workspace)
    }

    /// A text that was never used before.
    pub(crate) fn fresh(&self) -> String {
        format!("fresh-{}", self.fresh.fetch_add(1, Ordering::Relaxed))
    }

    /// An address that was never used before.
    pub(crate) fn address(&self) -> String {
        format!("{}@example.test", self.fresh())
    }

    /// What signing up with an address asks for.
    pub(crate) fn wish(&self) -> Value {
        json!({
            "email": self.address(),
            "password": "a long way to the harbour",
            "display_name": "Somebody",
            "locale": "en",
        })
    }
}

/// Sends a request without a body.
pub(crate) async fn send(who: &Visitor, method: &str, path: &str) -> Answer {
    who.send(who.request(method, path)).await
}
