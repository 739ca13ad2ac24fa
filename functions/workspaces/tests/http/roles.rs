use http::StatusCode;
use koeba_domain::Role;
use koeba_router_app::Person;
use serde_json::json;
use time::Duration;

use crate::app::App;

struct Team {
    app: App,
    workspace: String,
    owner: Person,
    manager: Person,
    member: Person,
}

impl Team {
    async fn start() -> Self {
        let app = App::start().await;
        let owner = app.person("owner").await;
        let workspace = app.workspace(&owner, "team").await;
        let (manager, member) = (app.person("manager").await, app.person("member").await);
        app.add(&owner, &workspace, &manager, Role::Manager).await;
        app.add(&owner, &workspace, &member, Role::Member).await;
        Self {
            app,
            workspace: format!("/api/workspaces/{}", workspace.id),
            owner,
            manager,
            member,
        }
    }

    fn member_path(&self, person: &Person) -> String {
        format!("{}/members/{}", self.workspace, person.user.id)
    }
}

#[tokio::test]
async fn a_manager_changes_roles_up_to_their_own_and_the_person_is_told() {
    let team = Team::start().await;
    let path = team.member_path(&team.member);
    let changed = team
        .app
        .patch(&team.manager, &path, json!({ "role": "manager" }))
        .await;
    assert_eq!(
        (changed.status, &changed.body["role"]),
        (StatusCode::OK, &json!("manager"))
    );
    let mails = team.app.mails_to("member@example.test");
    assert!(mails.iter().any(|mail| mail == "role_changed"), "{mails:?}");
    for role in ["owner"] {
        let refused = team
            .app
            .patch(&team.manager, &path, json!({ "role": role }))
            .await;
        assert_eq!(refused.refusal(), (403, "role-not-grantable"));
    }
    let own = team.member_path(&team.manager);
    let refused = team
        .app
        .patch(&team.manager, &own, json!({ "role": "member" }))
        .await;
    assert_eq!(refused.refusal(), (403, "role-not-grantable"));
    let above = team.member_path(&team.owner);
    for _ in 0..2 {
        let refused = team
            .app
            .patch(&team.manager, &above, json!({ "role": "guest" }))
            .await;
        assert_eq!(refused.refusal(), (403, "role-not-grantable"));
    }
}

#[tokio::test]
async fn a_new_role_wants_a_new_session() {
    let team = Team::start().await;
    let path = team.member_path(&team.member);
    team.app.context.clock.advance(Duration::SECOND);
    team.app
        .patch(&team.manager, &path, json!({ "role": "guest" }))
        .await;
    let refused = team.app.get(&team.member, &team.workspace).await;
    assert_eq!(refused.refusal(), (403, "session-renewal-due"));
    team.app.context.clock.advance(Duration::SECOND);
    let anew = team.app.sign_in(&team.member).await;
    let shown = team.app.get(&anew, &team.workspace).await;
    assert_eq!(shown.body["role"], "guest");
}

#[tokio::test]
async fn whoever_is_deactivated_finds_nothing_from_the_next_request_on() {
    let team = Team::start().await;
    let path = team.member_path(&team.member);
    let done = team
        .app
        .post(&team.manager, &format!("{path}/deactivate"), json!({}))
        .await;
    assert_eq!(
        (done.status, &done.body["state"]),
        (StatusCode::OK, &json!("deactivated"))
    );
    for rest in ["", "/members", "/invitations"] {
        let refused = team
            .app
            .get(&team.member, &format!("{}{rest}", team.workspace))
            .await;
        assert_eq!(refused.refusal(), (404, "not-found"), "{rest}");
    }
    let listed = team.app.get(&team.member, "/api/workspaces").await;
    assert_eq!(listed.body["items"], json!([]));
    let again = team
        .app
        .post(&team.manager, &format!("{path}/reactivate"), json!({}))
        .await;
    assert_eq!(again.body["state"], "active");
    team.app.context.clock.advance(Duration::SECOND);
    let anew = team.app.sign_in(&team.member).await;
    let shown = team.app.get(&anew, &team.workspace).await;
    assert_eq!(shown.status, StatusCode::OK);
}

#[tokio::test]
async fn whoever_is_removed_is_gone_and_may_be_invited_again() {
    let team = Team::start().await;
    let path = team.member_path(&team.member);
    let removed = team.app.delete(&team.manager, &path).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    for answer in [
        team.app.delete(&team.manager, &path).await,
        team.app.get(&team.manager, &path).await,
        team.app.get(&team.member, &team.workspace).await,
    ] {
        assert_eq!(answer.refusal(), (404, "not-found"));
    }
    let body = json!({ "email": "member@example.test", "role": "guest" });
    let invitations = format!("{}/invitations", team.workspace);
    let invited = team.app.post(&team.manager, &invitations, body).await;
    assert_eq!(invited.status, StatusCode::CREATED);
}

#[tokio::test]
async fn the_owner_leaves_by_transfer_only() {
    let team = Team::start().await;
    let own = team.member_path(&team.owner);
    let refused = team.app.delete(&team.owner, &own).await;
    assert_eq!(refused.refusal(), (409, "last-manager"));
    let ownership = format!("{}/ownership", team.workspace);
    let heir = json!({ "user_id": team.member.user.id.to_string() });
    let refused = team.app.post(&team.manager, &ownership, heir.clone()).await;
    assert_eq!(refused.refusal(), (403, "forbidden"));
    team.app.context.clock.advance(Duration::SECOND);
    let passed = team.app.post(&team.owner, &ownership, heir).await;
    assert_eq!(passed.status, StatusCode::NO_CONTENT);
    for email in ["owner@example.test", "member@example.test"] {
        assert!(
            team.app
                .mails_to(email)
                .contains(&"ownership_transferred".to_owned())
        );
    }
    team.app.context.clock.advance(Duration::SECOND);
    let was_owner = team.app.sign_in(&team.owner).await;
    let shown = team.app.get(&was_owner, &team.workspace).await;
    assert_eq!(shown.body["role"], "manager");
    let new_owner = team.app.sign_in(&team.member).await;
    let shown = team.app.get(&new_owner, &team.workspace).await;
    assert_eq!(shown.body["role"], "owner");
    let nobody = json!({ "user_id": "us_00000000000000000000000000" });
    let refused = team.app.post(&new_owner, &ownership, nobody).await;
    assert_eq!(refused.refusal(), (404, "not-found"));
}

#[tokio::test]
async fn the_responsible_manager_stays_until_another_is_named() {
    let team = Team::start().await;
    let path = format!("{}/responsible-manager", team.workspace);
    let shown = team.app.get(&team.member, &path).await;
    assert_eq!(
        (&shown.body["display_name"], &shown.body["department"]),
        (&json!("owner"), &json!("team"))
    );
    let named = |person: &Person| {
        json!({
            "user_id": person.user.id.to_string(),
            "department": "情報システム部",
            "contact": "内線 1234",
        })
    };
    let refused = team.app.put(&team.owner, &path, named(&team.member)).await;
    assert_eq!(refused.refusal(), (403, "role-not-grantable"));
    let done = team.app.put(&team.owner, &path, named(&team.manager)).await;
    assert_eq!(
        done.body,
        json!({
            "user_id": team.manager.user.id.to_string(),
            "display_name": "manager",
            "department": "情報システム部",
            "contact": "内線 1234",
            "appointed_at": "2026-04-01T09:00:00Z",
        })
    );
    let manager = team.member_path(&team.manager);
    for answer in [
        team.app
            .patch(&team.owner, &manager, json!({ "role": "member" }))
            .await,
        team.app
            .post(&team.owner, &format!("{manager}/deactivate"), json!({}))
            .await,
        team.app.delete(&team.owner, &manager).await,
    ] {
        assert_eq!(answer.refusal(), (409, "responsible-manager"));
    }
    team.app.put(&team.owner, &path, named(&team.owner)).await;
    let removed = team.app.delete(&team.owner, &manager).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn what_is_dear_wants_a_proof_of_being_there() {
    let team = Team::start().await;
    team.app.context.clock.advance(Duration::minutes(6));
    let path = team.member_path(&team.member);
    for answer in [
        team.app
            .patch(&team.manager, &path, json!({ "role": "guest" }))
            .await,
        team.app.delete(&team.manager, &path).await,
        team.app
            .get(&team.manager, &format!("{}/members/export", team.workspace))
            .await,
    ] {
        assert_eq!(answer.refusal(), (403, "step-up-required"));
    }
}

#[tokio::test]
async fn a_list_is_narrowed_and_tells_colleagues_nothing_of_accounts() {
    let team = Team::start().await;
    let members = format!("{}/members", team.workspace);
    let names = |answer: koeba_router_app::Answer| -> Vec<String> {
        let items = answer.body["items"].as_array().cloned().unwrap_or_default();
        items
            .iter()
            .map(|item| item["display_name"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    for (query, expected) in [
        ("role=manager", vec!["manager"]),
        ("q=MEMBER%40", vec!["member"]),
        ("state=deactivated", vec![]),
        ("role=guest&state=active", vec![]),
    ] {
        let listed = team
            .app
            .get(&team.manager, &format!("{members}?{query}"))
            .await;
        assert_eq!(names(listed), expected, "{query}");
    }
    for query in ["role=admin", "state=", "limit=0", "sort=name"] {
        let refused = team
            .app
            .get(&team.manager, &format!("{members}?{query}"))
            .await;
        assert_eq!(refused.refusal(), (400, "query-invalid"), "{query}");
    }
    let one = team.member_path(&team.owner);
    let seen = team.app.get(&team.member, &one).await;
    assert_eq!(seen.body["last_sign_in_at"], json!(null));
    assert_eq!(seen.body["responsible"], json!(true));
}

#[tokio::test]
async fn the_exported_table_runs_on_nobody_s_machine() {
    let team = Team::start().await;
    let path = format!("{}/members/export", team.workspace);
    let exported = team.app.get(&team.manager, &path).await;
    assert_eq!(exported.status, StatusCode::OK);
    assert_eq!(exported.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        exported.header("content-disposition"),
        "attachment; filename=\"members.csv\""
    );
    assert!(exported.text.starts_with("\u{feff}user_id,display_name,"));
    assert_eq!(exported.text.lines().count(), 4);
    let mails = team.app.mails_to("manager@example.test");
    assert!(mails.contains(&"members_exported".to_owned()));
    let refused = team.app.get(&team.member, &path).await;
    assert_eq!(refused.refusal(), (403, "forbidden"));
}

#[tokio::test]
async fn a_workspace_gets_another_name_everywhere() {
    let team = Team::start().await;
    let renamed = team
        .app
        .patch(&team.manager, &team.workspace, json!({ "name": "声場" }))
        .await;
    assert_eq!(
        (renamed.status, &renamed.body["name"]),
        (StatusCode::OK, &json!("声場"))
    );
    let listed = team.app.get(&team.member, "/api/workspaces").await;
    assert_eq!(listed.body["items"][0]["name"], "声場");
    let refused = team
        .app
        .patch(&team.member, &team.workspace, json!({ "name": "x" }))
        .await;
    assert_eq!(refused.refusal(), (403, "forbidden"));
}
