//! Two workspaces, and everybody who has anything to do with either.

use std::sync::atomic::{AtomicUsize, Ordering};

use koeba_tests::{Answer, Koeba, Request, Visitor};
use serde_json::{Value, json};

use crate::matrix::{Caller, Row};

/// Everybody, and the workspace that all but one of them belong to.
pub(crate) struct World {
    pub(crate) koeba: Koeba,
    pub(crate) workspace: String,
    /// The outsider's own.
    pub(crate) other_workspace: String,
    people: Vec<(Caller, Visitor)>,
    /// Somebody of the workspace to whom things are done.
    subject: Visitor,
    fresh: AtomicUsize,
}

/// What the braces in a path stand for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ids {
    pub(crate) workspace: String,
    pub(crate) room: String,
    pub(crate) invitation: String,
    pub(crate) user: String,
    pub(crate) link: String,
    pub(crate) review: String,
    pub(crate) sign_up: String,
    /// Of nobody: one's own are in the list.
    pub(crate) session: String,
    /// Of nobody, too.
    pub(crate) email_change: String,
}

impl World {
    pub(crate) async fn new() -> Self {
        let koeba = Koeba::start().await;
        let owner = Visitor::signed_up(koeba.app(), "Owner").await;
        let outsider = Visitor::signed_up(koeba.app(), "Outsider").await;
        let workspace = owner.create_workspace("Harbour").await;
        let other_workspace = outsider.create_workspace("Elsewhere").await;
        let mut people = vec![
            (Caller::Anonymous, Visitor::of(&koeba)),
            (Caller::Outsider, outsider),
        ];
        for (caller, name, role) in [
            (Caller::Guest, "Guest", "guest"),
            (Caller::Member, "Member", "member"),
            (Caller::Manager, "Manager", "manager"),
        ] {
            let person = Visitor::signed_up(koeba.app(), name).await;
            owner.invite(&workspace, &person.email, role).await;
            person.accept_invitation().await;
            people.push((caller, person));
        }
        people.push((Caller::Owner, owner));
        let subject = Visitor::signed_up(koeba.app(), "Subject").await;
        Self {
            koeba,
            subject,
            workspace,
            other_workspace,
            people,
            fresh: AtomicUsize::new(0),
        }
    }

    pub(crate) fn person(&self, caller: Caller) -> &Visitor {
        let found = self.people.iter().find(|(who, _)| *who == caller);
        &found.expect("everybody is there").1
    }

    /// Lets somebody whose session has ended sign in again.
    pub(crate) async fn sign_in_again(&mut self, caller: Caller) {
        let found = self.people.iter_mut().find(|(who, _)| *who == caller);
        if caller != Caller::Anonymous {
            found.expect("everybody is there").1.sign_in().await;
        }
    }

    /// Lets somebody go on with the session that an answer gave them, if it did.
    pub(crate) fn keep(&mut self, caller: Caller, answer: &Answer) {
        let found = self.people.iter_mut().find(|(who, _)| *who == caller);
        found.expect("everybody is there").1.keep_if_given(answer);
    }

    /// A text that was never used before.
    pub(crate) fn fresh(&self) -> String {
        format!("fresh-{}", self.fresh.fetch_add(1, Ordering::Relaxed))
    }

    /// Things of the workspace, made for one request, as far as the path names them.
    pub(crate) async fn things_for(&self, path: &str) -> Ids {
        let owner = self.person(Caller::Owner);
        let mut ids = Ids {
            session: format!("se_{}", "0".repeat(26)),
            email_change: format!("ec_{}", "0".repeat(26)),
            workspace: self.workspace.clone(),
            ..Ids::default()
        };
        if path.contains("{room_id}") {
            ids.room = owner.create_room(&self.workspace, &self.fresh()).await;
        }
        if path.contains("{invitation_id}") {
            let email = format!("{}@example.test", self.fresh());
            ids.invitation = owner.invite(&self.workspace, &email, "guest").await;
        }
        if path.contains("{user_id}") {
            ids.user = self.subject().await;
        }
        if path.contains("{link_id}") {
            let path = format!("/api/workspaces/{}/invitation-links", self.workspace);
            let body = json!({ "role": "guest", "expires_in_hours": 1 });
            ids.link = owner.post(&path, body).await.text("id");
        }
        if path.contains("{review_id}") {
            let path = format!("/api/workspaces/{}/access-reviews", self.workspace);
            let body = json!({ "title": self.fresh(), "due_at": soon() });
            ids.review = owner.post(&path, body).await.text("id");
        }
        if path.contains("{sign_up_id}") {
            let body = json!({
                "email": format!("{}@example.test", self.fresh()),
                "password": "a long way to the harbour",
                "display_name": "Nobody",
                "locale": "en",
            });
            let answer = Visitor::of(&self.koeba).post("/api/sign-ups", body).await;
            ids.sign_up = answer.text("id");
        }
        ids
    }

    /// The request of a row, as `caller` would send it.
    pub(crate) fn request(&self, caller: Caller, row: &Row, ids: &Ids) -> Request {
        let path = row
            .path
            .replace("{workspace_id}", &ids.workspace)
            .replace("{room_id}", &ids.room)
            .replace("{invitation_id}", &ids.invitation)
            .replace("{sign_up_id}", &ids.sign_up)
            .replace("{session_id}", &ids.session)
            .replace("{certificate_id}", &ids.session.replacen("se", "dc", 1))
            .replace("{passkey_id}", &ids.session.replacen("se", "pk", 1))
            .replace("{user_id}", &ids.user)
            .replace("{link_id}", &ids.link)
            .replace("{review_id}", &ids.review)
            .replace("{seq}", "999999999")
            .replace("{email_change_id}", &ids.email_change);
        assert!(!path.contains('{'), "{path} has a place that no test fills");
        let request = self.person(caller).request(row.method, &path);
        match row.body {
            None => request,
            Some(body) => request.json(self.filled(body)),
        }
    }

    /// Sends it, and tells whether anything was written meanwhile.
    pub(crate) async fn send(&self, caller: Caller, request: Request) -> (Answer, bool) {
        let before = self.koeba.writes();
        let answer = self.person(caller).send(request).await;
        let wrote = self.koeba.writes() != before;
        (answer, wrote)
    }

    fn filled(&self, body: &str) -> Value {
        let body = body.replace("{fresh}", &self.fresh());
        serde_json::from_str(&body.replace("{soon}", &soon())).expect("a body is JSON")
    }

    /// The identifier of somebody who is a member; they come back when they were removed.
    async fn subject(&self) -> String {
        let owner = self.person(Caller::Owner);
        let id = self.subject.get("/api/me").await.body["user"]["id"].clone();
        let id = id.as_str().expect("an identifier").to_owned();
        let path = format!("/api/workspaces/{}/members/{id}", self.workspace);
        if owner.get(&path).await.status == 404 {
            let before = self.subject.invitations_mailed().await;
            owner
                .invite(&self.workspace, &self.subject.email, "guest")
                .await;
            self.subject.accept_invitation_after(before).await;
        }
        id
    }
}

/// A day from now.
fn soon() -> String {
    let soon = time::OffsetDateTime::now_utc() + time::Duration::DAY;
    soon.format(&time::format_description::well_known::Rfc3339)
        .expect("a moment")
}
