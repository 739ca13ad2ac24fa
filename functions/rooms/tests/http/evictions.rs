use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use koeba_access_token::{TokenKey, mint_node};
use koeba_domain::{MemberOutcome, MemberState, Moment, Role, Workspace};
use serde_json::{Value, json};
use time::Duration;

use crate::app::{App, NOW, Person, TOKEN_SECRET};

#[tokio::test]
async fn whoever_is_deactivated_removed_or_demoted_has_to_leave_the_room() {
    for outcome in [
        stays(Role::Manager, MemberState::Deactivated),
        stays(Role::Member, MemberState::Active),
        MemberOutcome::Leaves,
    ] {
        let stage = Stage::set().await;
        assert_eq!(stage.has_to_leave(NOW).await, json!([]));
        stage.change(outcome).await;
        let ken = json!([{
            "workspace_id": stage.workspace.id.to_string(),
            "room_id": stage.room,
            "identity": stage.ken.user.id.to_string(),
        }]);
        assert_eq!(stage.has_to_leave(NOW).await, ken, "{outcome:?}");
        // Asking again gives the same answer, for as long as any token from before is good.
        stage.app.context.clock.advance(Duration::minutes(11));
        assert_eq!(stage.has_to_leave(NOW).await, ken, "{outcome:?}");
    }
}

#[tokio::test]
async fn a_token_from_before_is_useless_and_a_new_right_is_not() {
    let stage = Stage::set().await;
    stage.change(MemberOutcome::Leaves).await;
    let later = NOW + Duration::SECOND;
    let removed = stage.has_to_leave(later).await;
    assert_eq!(removed[0]["identity"], stage.ken.user.id.to_string());

    let demoted = Stage::set().await;
    demoted
        .change(stays(Role::Member, MemberState::Active))
        .await;
    assert_eq!(demoted.has_to_leave(later).await, json!([]));
}

const fn stays(role: Role, state: MemberState) -> MemberOutcome {
    MemberOutcome::Stays { role, state }
}

/// A room in which a manager, Ken, talks with the owner.
struct Stage {
    app: App,
    owner: Person,
    ken: Person,
    workspace: Workspace,
    room: String,
}

impl Stage {
    async fn set() -> Self {
        let app = App::start().await;
        let owner = app.person("owner").await;
        let ken = app.person("ken").await;
        let workspace = app.workspace(&owner, "team").await;
        app.add(&owner, &workspace, &ken, Role::Manager).await;
        let path = format!("/api/workspaces/{}/rooms", workspace.id);
        let room = app.post(&owner, &path, json!({ "name": "Lobby" })).await;
        let room = room.body["id"].as_str().expect("an identifier").to_owned();
        Self {
            app,
            owner,
            ken,
            workspace,
            room,
        }
    }

    async fn change(&self, outcome: MemberOutcome) {
        let scope = self.app.scope(&self.owner, &self.workspace).await;
        let table = self.app.context.table.workspace(&scope);
        let ken = table.member_record(self.ken.user.id).await;
        let before = ken.expect("answers").expect("a member").standing(None);
        table
            .change_member(&before, outcome, NOW, &[])
            .await
            .expect("changed");
    }

    /// Who has to leave, when the node says that both came at `since`. It is the same whether the
    /// node has news or not.
    async fn has_to_leave(&self, since: Moment) -> Value {
        let news = self.report(since, false).await;
        assert_eq!(self.report(since, true).await, news);
        news
    }

    async fn report(&self, since: Moment, unchanged: bool) -> Value {
        let person = |person: &Person| {
            json!({
                "sid": "PA_1",
                "identity": person.user.id.to_string(),
                "name": "somebody",
                "joined_at": since.unix_timestamp() * 1_000,
            })
        };
        let report = json!({
            "node_id": "node-1",
            "at": NOW.unix_timestamp() * 1_000,
            "rooms": [{
                "workspace_id": self.workspace.id.to_string(),
                "room_id": self.room,
                "participants": [person(&self.owner), person(&self.ken)],
                "unchanged": unchanged,
            }],
        });
        let key = TokenKey::new("key-1", TOKEN_SECRET);
        let now = self.app.context.clock.now();
        let token = mint_node(&key, "node-1", now, Duration::MINUTE);
        let request = Request::post("/api/media/reports")
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .header(CONTENT_TYPE, "application/json")
            .body(report.to_string().into())
            .expect("a request");
        self.app.send(request).await.body["removed_participants"].clone()
    }
}
