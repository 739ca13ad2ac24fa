//! Signing up with the link of an invitation's mail.

use koeba_domain::{Policy, Role, Workspace};
use serde_json::{Value, json};
use time::Duration;

use crate::app::{Answer, App, Browser, PASSWORD, Person};

const JOIN: &str = "/api/sign-ups/by-invitation";

#[tokio::test]
async fn whoever_has_the_link_chooses_a_name_and_a_password_and_is_a_member() {
    let (app, owner, team) = a_team().await;
    let (_, token) = app.invited(&owner, &team, "ken", Role::Member).await;
    let joined = join(&app, &token).await;
    assert_eq!(joined.status, 201, "{joined:?}");
    assert_eq!(joined.body["user"]["email"], "ken@example.test");
    assert_eq!(joined.body["session"]["stage"], "full");
    let browser = joined.browser();
    let ken = app.known(&browser).await;
    assert_eq!(app.scope(&ken, &team).await.role(), Role::Member);
    let answer = app.sign_in(&browser, "ken@example.test", PASSWORD).await;
    assert_eq!(answer.status, 201);
    // The link was mailed; no token is needed besides.
    assert_eq!(app.mails_to("ken@example.test"), ["invitation"]);
}

#[tokio::test]
async fn a_link_is_good_once_also_for_two_at_the_same_moment() {
    let (app, owner, team) = a_team().await;
    let (_, token) = app.invited(&owner, &team, "ken", Role::Member).await;
    let (one, two) = tokio::join!(join(&app, &token), join(&app, &token));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 201, "{one:?} {two:?}");
    assert!(matches!(statuses[1], 409 | 410), "{one:?} {two:?}");
    let refused = join(&app, &token).await;
    assert_eq!(refused.refusal(), (410, "invitation-used"));
}

#[tokio::test]
async fn an_address_with_an_account_signs_in_instead() {
    let (app, owner, team) = a_team().await;
    app.person("ken@example.test").await;
    let (_, token) = app.invited(&owner, &team, "ken", Role::Member).await;
    let refused = join(&app, &token).await;
    assert_eq!(refused.refusal(), (409, "address-taken"));
}

#[tokio::test]
async fn late_taken_back_and_made_up_links_make_no_account() {
    let (app, owner, team) = a_team().await;
    let (revoked, token_of_revoked) = app.invited(&owner, &team, "ken", Role::Member).await;
    let scope = app.scope(&owner, &team).await;
    let table = app.context.table.workspace(&scope);
    table.revoke_invitation(revoked.id).await.expect("revoked");
    let refused = join(&app, &token_of_revoked).await;
    assert_eq!(refused.refusal(), (410, "invitation-revoked"));

    let (invitation, token) = app.invited(&owner, &team, "mia", Role::Member).await;
    let made_up = [
        String::new(),
        "no.such.invitation".to_owned(),
        format!("{}.{}.guess", team.id, invitation.id),
        // A link for several people proves no address.
        format!("{}.il_{}.secret", team.id, "0".repeat(26)),
    ];
    for token in made_up {
        let refused = join(&app, &token).await;
        assert_eq!(refused.refusal(), (404, "invitation-not-found"), "{token}");
    }
    app.context.clock.advance(Duration::days(7));
    let refused = join(&app, &token).await;
    assert_eq!(refused.refusal(), (410, "invitation-expired"));
    let nobody = Browser::default();
    let refused = app.sign_in(&nobody, "mia@example.test", PASSWORD).await;
    assert_eq!(refused.refusal(), (401, "credentials-wrong"));
}

#[tokio::test]
async fn a_weak_password_and_a_bad_name_are_told_at_once_and_use_nothing_up() {
    let (app, owner, team) = a_team().await;
    let (_, token) = app.invited(&owner, &team, "ken", Role::Member).await;
    let body = json!({ "token": token, "display_name": "", "password": "ken@example.test!!", "locale": "ja" });
    let refused = app.post(&Browser::default(), JOIN, body).await;
    assert_eq!(refused.refusal(), (422, "fields-invalid"));
    let errors = refused.body["errors"].as_array().expect("errors");
    let fields: Vec<_> = errors.iter().map(|error| &error["field"]).collect();
    assert_eq!(fields, ["display_name", "password"]);
    assert_eq!(join(&app, &token).await.status, 201);
}

#[tokio::test]
async fn a_policy_that_lets_no_guests_in_holds_for_old_invitations_too() {
    let (app, owner, team) = a_team().await;
    let (_, token) = app.invited(&owner, &team, "ken", Role::Guest).await;
    app.set_policy(
        &owner,
        &team,
        Policy {
            guests_allowed: false,
            ..Policy::default()
        },
    )
    .await;
    let refused = join(&app, &token).await;
    assert_eq!(refused.refusal(), (403, "guests-not-allowed"));
}

async fn a_team() -> (App, Person, Workspace) {
    let app = App::start().await;
    let owner = app.known(&app.person("aiko@example.test").await).await;
    let team = app.workspace(&owner, "team").await;
    (app, owner, team)
}

async fn join(app: &App, token: &str) -> Answer {
    app.post(&Browser::default(), JOIN, wish(token)).await
}

fn wish(token: &str) -> Value {
    json!({ "token": token, "display_name": "Ken", "password": PASSWORD, "locale": "en" })
}
