//! What changes of an account mean to the workspaces that its owner belongs to.

use koeba_domain::UserId;
use koeba_storage::{Owner, TableChange};

use super::draft::{Draft, differs, is_gone, is_new, now};

/// How long after the password signing in may come to its end, in milliseconds.
const SIGNING_IN: i64 = 24 * 60 * 60 * 1_000;

pub(crate) fn user(change: &TableChange) -> Option<Draft> {
    let of = |action| Some(Draft::new(action, "user", owner(change)?.to_string()));
    if is_new(change) || is_gone(change) {
        // A new account belongs to no workspace yet; one that goes leaves each, which says so.
        None
    } else if differs(change, "password_changed_at") {
        of("account.password_changed")
    } else if differs(change, "email_changed_at") || differs(change, "email") {
        of("account.email_changed")
    } else if ["display_name", "locale", "card"]
        .iter()
        .any(|field| differs(change, field))
    {
        of("account.profile_changed")
    } else {
        None
    }
}

/// Signing in comes to its end when there is a session that is signed in all the way. The same
/// session under another secret is told once, by its identifier.
pub(crate) fn session(change: &TableChange) -> Option<Draft> {
    let user = owner(change)?;
    let id = signed_in(change)?;
    let draft = Draft::new("account.signed_in", "user", user.to_string());
    let proof = now(change, "proof");
    let draft = draft.with("second_step", None, proof).by(user);
    Some(draft.once(format!("signed-in-{id}")))
}

/// The session that is signed in all the way from now on, if the change is that.
pub(crate) fn signed_in(change: &TableChange) -> Option<String> {
    let number = |field| now(change, field)?.parse::<i64>().ok();
    let full = is_new(change) && now(change, "stage").as_deref() == Some("full");
    let fresh = number("issued_at")? - number("created_at")? < SIGNING_IN;
    now(change, "id").filter(|_| full && fresh)
}

pub(crate) fn second_step(change: &TableChange) -> Option<Draft> {
    let user = owner(change)?;
    let (method, which) = match change.name.split_once('#') {
        None => (change.name.as_str(), None),
        Some((method, id)) => (method, Some(id)),
    };
    let method = match method {
        "EMAIL" => "email_token",
        "TOTP" => "totp",
        "PASSKEY" => "passkey",
        "RECOVERY" => return recovery_codes(change, user),
        _ => return None,
    };
    let of = |action| match which {
        None => Draft::new(action, "user", user.to_string()),
        Some(id) => Draft::new(action, "passkey", id),
    };
    let method = Some(method.to_owned());
    if is_new(change) {
        Some(of("account.second_step_added").with("second_step", None, method))
    } else if is_gone(change) {
        Some(of("account.second_step_removed").with("second_step", method, None))
    } else if differs(change, "since") {
        Some(of("account.second_step_replaced").with("second_step", None, method))
    } else {
        // It was used: the sign-in says so.
        None
    }
}

fn recovery_codes(change: &TableChange, user: UserId) -> Option<Draft> {
    // The first ones come with a second step, which says so.
    differs(change, "since")
        .then(|| Draft::new("account.recovery_codes_renewed", "user", user.to_string()))
}

pub(crate) fn refused_sign_in(change: &TableChange) -> Option<Draft> {
    let user = owner(change).filter(|_| is_new(change))?;
    let draft = Draft::new("account.sign_in_refused", "user", user.to_string());
    Some(draft.refused().showing(change, &["why"]))
}

fn owner(change: &TableChange) -> Option<UserId> {
    match change.owner {
        Owner::User(user) => Some(user),
        Owner::Workspace(_) | Owner::Nobody => None,
    }
}
