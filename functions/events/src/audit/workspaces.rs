//! What changes of a workspace's items mean.
//!
//! Where one request changes several items, one of them speaks for all: the comment says which.

use koeba_storage::TableChange;

use super::draft::{Draft, differs, is_gone, is_new, now};

pub(crate) fn workspace(change: &TableChange) -> Option<Draft> {
    let of = |action| Draft::new(action, "workspace", workspace_of(change));
    if is_new(change) {
        Some(of("workspace.created").showing(change, &["name"]))
    } else if is_gone(change) {
        // The log goes with the workspace.
        None
    } else if differs(change, "name") {
        Some(of("workspace.renamed").showing(change, &["name"]))
    } else if differs(change, "responsible.user") || differs(change, "responsible.appointed_at") {
        let named = Draft::new(
            "responsible_manager.named",
            "user",
            now(change, "responsible.user").unwrap_or_default(),
        );
        // Neither department nor contact: they may name people.
        Some(named.showing(change, &["responsible.user"]))
    } else {
        None
    }
}

pub(crate) fn policy(change: &TableChange) -> Option<Draft> {
    let leaves = |image: Option<&koeba_storage::Image>| {
        image
            .map(|image| image.leaves("policy"))
            .unwrap_or_default()
    };
    let (before, after) = (
        leaves(change.before.as_ref()),
        leaves(change.after.as_ref()),
    );
    let value = |of: &[(String, String)], field: &str| {
        let found = of.iter().find(|(name, _)| name == field);
        found.map(|(_, value)| value.clone())
    };
    let mut fields: Vec<&String> = before.iter().chain(&after).map(|(name, _)| name).collect();
    fields.sort();
    fields.dedup();
    let draft = Draft::new("policy.changed", "workspace", workspace_of(change));
    Some(fields.into_iter().fold(draft, |draft, field| {
        draft.with(field, value(&before, field), value(&after, field))
    }))
}

pub(crate) fn member(change: &TableChange) -> Option<Draft> {
    let of = |action| Draft::new(action, "user", &*change.name);
    let role = now(change, "role");
    if is_new(change) {
        // Whoever is an owner from the start made the workspace, which says so.
        let joined = role.as_deref() != Some("owner");
        return joined.then(|| of("member.joined").showing(change, &["role"]));
    }
    if is_gone(change) {
        let actor = change.trace.as_ref().and_then(|trace| trace.actor);
        let own = actor.is_some_and(|actor| actor.to_string() == change.name);
        return Some(of(if own { "member.left" } else { "member.removed" }));
    }
    if differs(change, "role") {
        let was_owner = change.before.as_ref()?.text("role").as_deref() == Some("owner");
        return match role.as_deref() {
            Some("owner") => Some(of("ownership.transferred").showing(change, &["role"])),
            // The new owner's item speaks for both.
            _ if was_owner => None,
            _ => Some(of("member.role_changed").showing(change, &["role"])),
        };
    }
    let was = change.before.as_ref()?.text("state");
    let was = was.as_deref().unwrap_or("active");
    match now(change, "state").as_deref().unwrap_or("active") {
        is if is == was => None,
        "deactivated" => Some(of("member.deactivated")),
        _ => Some(of("member.reactivated")),
    }
}

pub(crate) fn invitation(change: &TableChange) -> Option<Draft> {
    let of = |action| Draft::new(action, "invitation", &*change.name);
    if is_new(change) {
        Some(of("invitation.sent").showing(change, &["role"]))
    } else if is_gone(change) {
        Some(of("invitation.removed"))
    } else if differs(change, "state") && now(change, "state").as_deref() == Some("revoked") {
        Some(of("invitation.revoked"))
    } else {
        // An accepted one makes a member, who says so.
        None
    }
}

pub(crate) fn invitation_link(change: &TableChange) -> Option<Draft> {
    let of = |action| Draft::new(action, "invitation_link", &*change.name);
    if is_new(change) {
        let shown = ["role", "domains", "most_uses"];
        Some(of("invitation_link.made").showing(change, &shown))
    } else if is_gone(change) || differs(change, "revoked") {
        Some(of("invitation_link.revoked"))
    } else {
        // A use makes a member, who says so.
        None
    }
}

pub(crate) fn access_review(change: &TableChange) -> Option<Draft> {
    let of = |action| Draft::new(action, "access_review", &*change.name);
    if is_new(change) {
        Some(of("access_review.started").showing(change, &["due_at"]))
    } else if differs(change, "completed.at") {
        Some(of("access_review.completed"))
    } else {
        None
    }
}

pub(crate) fn review_line(change: &TableChange) -> Option<Draft> {
    // A new line is part of a new review; its outcome is told by what becomes of the member.
    let decided = [
        "decision.verdict",
        "decision.decision",
        "decision.new_role",
        "decision.at",
    ]
    .iter()
    .any(|field| differs(change, field));
    let user = now(change, "user")?;
    decided.then(|| {
        let draft = Draft::new("access_review.decided", "user", user);
        draft.showing(
            change,
            &["decision.verdict", "decision.decision", "decision.new_role"],
        )
    })
}

pub(crate) fn room(change: &TableChange) -> Option<Draft> {
    let of = |action| Draft::new(action, "room", &*change.name);
    if is_new(change) {
        Some(of("room.created").showing(change, &["name"]))
    } else if is_gone(change) {
        Some(of("room.deleted"))
    } else if differs(change, "name") {
        Some(of("room.renamed").showing(change, &["name"]))
    } else {
        None
    }
}

pub(crate) fn refusal(change: &TableChange) -> Option<Draft> {
    let user = now(change, "user").filter(|_| is_new(change))?;
    let draft = Draft::new("access.refused", "user", &*user).refused();
    let draft = match user.parse() {
        Ok(actor) => draft.by(actor),
        Err(_) => draft,
    };
    Some(draft.showing(change, &["why"]))
}

pub(crate) fn export(change: &TableChange) -> Option<Draft> {
    let what = now(change, "what").filter(|_| is_new(change))?;
    let draft = Draft::new("export.made", "export", what);
    Some(draft.showing(change, &["format"]))
}

fn workspace_of(change: &TableChange) -> String {
    match change.owner {
        koeba_storage::Owner::Workspace(workspace) => workspace.to_string(),
        koeba_storage::Owner::User(_) | koeba_storage::Owner::Nobody => String::new(),
    }
}
