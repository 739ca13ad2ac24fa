//! How often something may be tried.

use koeba_domain::{Bucket, Limit, Role, WorkspaceId, counted_network};
use koeba_storage::Counted;
use serde_json::json;

use crate::app::App;

#[tokio::test]
async fn who_asks_for_workspaces_that_are_not_theirs_soon_costs_no_credentials_any_more() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let own = app.workspace(&aiko, "team").await;
    use_up_all_but_one(
        &app,
        &Bucket::of_user(Limit::UnknownWorkspaces, aiko.user.id),
    )
    .await;
    let invented = |byte: u8| {
        let workspace = WorkspaceId::from_random([byte; 16]);
        format!("/api/workspaces/{workspace}/members")
    };
    let (one, two) = (invented(1), invented(2));
    assert_eq!(app.get(&aiko, &one).await.refusal(), (404, "not-found"));
    for path in [&one, &two] {
        let refused = app.get(&aiko, path).await;
        assert_eq!(refused.refusal(), (429, "too-many-requests"));
    }
    let (refused, calls) = app.calls_of(app.get(&aiko, &invented(3))).await;
    assert_eq!(refused.refusal(), (429, "too-many-requests"));
    assert!(!calls.contains(&"AssumeRole".to_owned()), "{calls:?}");
    let theirs = format!("/api/workspaces/{}/members", own.id);
    assert_eq!(app.get(&aiko, &theirs).await.status, 200);
    let ken = app.person("ken").await;
    assert_eq!(app.get(&ken, &one).await.refusal(), (404, "not-found"));
}

#[tokio::test]
async fn invitations_are_limited_for_a_workspace_and_for_who_invites() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let ken = app.person("ken").await;
    let team = app.workspace(&aiko, "team").await;
    app.add(&aiko, &team, &ken, Role::Manager).await;
    let path = format!("/api/workspaces/{}/invitations", team.id);
    let invite = |name: &str| json!({ "email": format!("{name}@example.test"), "role": "guest" });
    let by_aiko = Bucket::of_user(Limit::InvitationsByInviter, aiko.user.id);
    use_up_all_but_one(&app, &by_aiko).await;
    for (by, name, status) in [(&aiko, "a", 201), (&aiko, "b", 429), (&ken, "b", 201)] {
        let answer = app.post(by, &path, invite(name)).await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
    let of_team = Bucket::of_workspace(Limit::InvitationsOfWorkspace, team.id);
    let now = app.context.clock.now();
    let directory = app.context.table.directory();
    let rest = of_team.limit().allowance().most - 3;
    assert_eq!(
        directory.count(&of_team, rest, now).await,
        Ok(Counted::Allowed)
    );
    let refused = app.post(&ken, &path, invite("c")).await;
    assert_eq!(refused.refusal(), (429, "too-many-requests"));
}

#[tokio::test]
async fn no_address_gets_more_than_five_mails_an_hour_from_however_many_workspaces() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    for number in 0_u8..7 {
        let workspace = app.workspace(&aiko, &format!("team {number}")).await;
        let path = format!("/api/workspaces/{}/invitations", workspace.id);
        let body = json!({ "email": "ken@example.test", "role": "guest" });
        let status = app.post(&aiko, &path, body).await.status.as_u16();
        assert_eq!(status, if number < 5 { 201 } else { 429 });
    }
    assert_eq!(app.mails_to("ken@example.test").len(), 5);
}

#[tokio::test]
async fn tokens_of_invitations_cannot_be_tried_without_end() {
    let app = App::start().await;
    let aiko = app.person("aiko").await;
    let here = counted_network([203, 0, 113, 1].into()).expect("a network");
    use_up_all_but_one(&app, &Bucket::of_network(Limit::TokensFromNetwork, here)).await;
    let nobody = koeba_router_app::Browser::default().from("203.0.113.77");
    let aiko = aiko.browser.from("203.0.113.78");
    let token = json!({ "token": "ws_1.in_1.x" });
    let preview = "/api/invitations/preview";
    let first = app.post(&nobody, preview, token.clone()).await;
    assert_eq!(first.refusal(), (404, "invitation-not-found"));
    for (browser, path) in [(&nobody, preview), (&aiko, "/api/invitations/accept")] {
        let refused = app.post(browser, path, token.clone()).await;
        assert_eq!(refused.refusal(), (429, "too-many-requests"));
    }
}

async fn use_up_all_but_one(app: &App, bucket: &Bucket) {
    let directory = app.context.table.directory();
    let most = bucket.limit().allowance().most;
    let counted = directory.count(bucket, most - 1, app.context.clock.now());
    assert_eq!(counted.await, Ok(Counted::Allowed));
}
