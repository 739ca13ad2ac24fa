use http::Method;
use http::header::ACCEPT_LANGUAGE;
use koeba_domain::{Role, Workspace};
use koeba_edge::StatementKind;
use koeba_router_app::Person;
use serde_json::{Value, json};
use time::Duration;

use crate::app::App;

const PATH: &str = "/api/me/deletion";

/// Check sheet: WA-09-03.
#[tokio::test]
async fn an_account_goes_only_when_its_owner_is_there_and_types_the_word() {
    let app = App::start().await;
    let aiko = app.0.person("aiko").await;
    let wrong = app.post(&aiko, PATH, json!({ "confirm": "delete" })).await;
    assert_eq!(
        (wrong.refusal(), wrong.field()),
        ((422, "fields-invalid"), "confirm")
    );
    app.context.clock.advance(Duration::minutes(6));
    let stale = app.post(&aiko, PATH, word()).await;
    assert_eq!(stale.refusal(), (403, "step-up-required"));
    assert_eq!(app.get(&aiko, "/api/me").await.status, 200);
}

#[tokio::test]
async fn nothing_of_a_deleted_person_is_left_and_nobody_else_loses_anything() {
    let stage = Stage::set().await;
    let app = &stage.app;
    let kens = |app: &App| {
        let mut items = app.dump();
        let ken = stage.ken.user.id.to_string();
        items.retain(|item| item.contains(&format!("USER#{ken}")));
        items.sort();
        items
    };
    let before = kens(app);
    let elsewhere = app.0.sign_in(&stage.aiko).await;
    let answer = app.post(&stage.aiko, PATH, word()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    for browser in [&stage.aiko, &elsewhere] {
        let refused = app.get(browser, "/api/me").await;
        assert_eq!(refused.refusal(), (401, "not-signed-in"));
    }
    for canary in ["aiko", "Aiko", "kanariya"] {
        let found = app.dump().into_iter().find(|item| item.contains(canary));
        assert_eq!(found, None, "{canary}");
    }
    // Her random identifier may stay behind, where it says who did something; nothing of hers does.
    let id = stage.aiko.user.id.to_string();
    for item in app.dump() {
        for own in ["USER#", "MEMBER#", "SUBJECT#"] {
            let stands = [
                format!("\"pk\":{{\"S\":\"{own}{id}"),
                format!("\"sk\":{{\"S\":\"{own}{id}"),
            ];
            let left = stands.iter().any(|key| item.contains(key))
                && !item.contains("#EVICTIONS")
                && !item.contains("#GONE");
            assert!(!left, "{item}");
        }
    }
    assert_eq!(kens(app), before);
    let scope = app.scope(&stage.ken, &stage.team).await;
    let counts = app.context.table.workspace(&scope).counts().await;
    assert_eq!(counts.expect("it is there").members, 1);
    let standing = app
        .context
        .table
        .directory()
        .standing(stage.aiko.user.id, stage.alone.id)
        .await;
    assert_eq!(standing, Ok(None), "what was hers alone went with her");
}

#[tokio::test]
async fn a_certificate_says_so_and_can_be_checked_and_read_at_any_time() {
    let stage = Stage::set().await;
    let app = &stage.app;
    let answer = app.post(&stage.aiko, PATH, word()).await;
    let jws = answer.body["certificate"].as_str().expect("a certificate");
    let key = &app.context.settings.signing_key;
    let statement: Value = key.read(StatementKind::Deletion, jws).expect("signed");
    assert_eq!(statement, answer.body["statement"]);
    assert_eq!(statement["subject_id"], stage.aiko.user.id.to_string());
    assert_eq!(statement["method"], "physical");

    let id = statement["certificate_id"].as_str().expect("an identifier");
    let path = format!("/api/deletion-certificates/{id}");
    let again = app.ask(None, Method::GET, &path, None).await;
    assert_eq!(again.body, answer.body);
    for (language, title) in [("ja", "削除証明書"), ("en", "Deletion certificate")] {
        let request = http::Request::get(format!("{path}.html"))
            .header(ACCEPT_LANGUAGE, language)
            .body(axum::body::Body::empty())
            .expect("a request");
        let page = app.send(request).await;
        assert!(
            page.text.contains(title) && page.text.contains(jws),
            "{page:?}"
        );
    }
    for unknown in [format!("dc_{}", "0".repeat(26)), "x".to_owned()] {
        let path = format!("/api/deletion-certificates/{unknown}");
        let refused = app.ask(None, Method::GET, &path, None).await;
        assert_eq!(refused.refusal(), (404, "not-found"));
    }
}

#[tokio::test]
async fn whoever_owns_a_workspace_with_others_in_it_has_to_transfer_it_first() {
    let stage = Stage::set().await;
    let refused = stage.app.post(&stage.ken, PATH, word()).await;
    assert_eq!(refused.refusal(), (409, "owner-must-transfer"));
    assert_eq!(refused.field(), stage.team.id.to_string());
    assert_eq!(stage.app.get(&stage.ken, "/api/me").await.status, 200);
}

#[tokio::test]
async fn a_deletion_that_broke_off_is_gone_on_with_and_one_is_replayed_after_a_restore() {
    let stage = Stage::set().await;
    let app = &stage.app;
    let directory = app.context.table.directory();
    let now = app.context.clock.now();
    let subject = koeba_domain::DeletionSubject::User(stage.aiko.user.id);
    let id = app.context.entropy.id();
    let deletion = koeba_domain::Deletion::begin(id, subject, stage.aiko.user.id, now);
    directory
        .begin_deletion(&deletion, None)
        .await
        .expect("written");
    // It died here. She is shut out already.
    let refused = app.get(&stage.aiko, "/api/me").await;
    assert_eq!(refused.refusal(), (401, "not-signed-in"));
    let known = directory.credentials(&stage.aiko.user.email).await;
    assert!(known.expect("answers").is_none());

    let done = directory.carry_out(&deletion, now).await.expect("done");
    let again = directory.carry_out(&deletion, now + Duration::HOUR).await;
    assert_eq!(again, Ok(done.clone()), "what is certified stays");
    // A store from before knows nothing of it; the ledger does.
    directory.put_deletion(&done).await.expect("written");
    assert_eq!(directory.carry_out(&done, now).await, Ok(done.clone()));
    let ledger = app.fixtures.directory().deletions().await;
    assert_eq!(ledger, Ok(vec![done]));
}

fn word() -> Value {
    json!({ "confirm": "DELETE" })
}

/// Aiko belongs to Ken's team, has a workspace of her own, and is invited to a third.
struct Stage {
    app: App,
    aiko: Person,
    ken: Person,
    team: Workspace,
    alone: Workspace,
}

impl Stage {
    async fn set() -> Self {
        let app = App::start().await;
        let aiko = app.0.person("aiko").await;
        let ken = app.0.person("ken").await;
        let team = app.workspace(&ken, "team").await;
        app.add(&ken, &team, &aiko, Role::Member).await;
        let alone = app.workspace(&aiko, "kanariya").await;
        let mia = app.0.person("mia").await;
        let other = app.workspace(&mia, "other").await;
        app.invited(&mia, &other, "aiko", Role::Guest).await;
        Self {
            app,
            aiko,
            ken,
            team,
            alone,
        }
    }
}
