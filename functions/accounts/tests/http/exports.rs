use koeba_domain::Role;
use time::Duration;

use crate::app::App;

#[tokio::test]
async fn everybody_gets_everything_about_themselves_and_no_secret() {
    let app = App::start().await;
    let aiko = app.0.person("aiko").await;
    let ken = app.0.person("ken").await;
    let team = app.workspace(&ken, "<b>team</b>").await;
    app.add(&ken, &team, &aiko, Role::Member).await;
    app.invited(&ken, &team, "mia", Role::Guest).await;

    let mine = app.get(&aiko, "/api/me/export").await;
    assert_eq!(mine.status, 200, "{mine:?}");
    assert!(mine.header("content-disposition").starts_with("attachment"));
    let account = &mine.body["account"];
    assert_eq!(account["email"], "aiko@example.test");
    assert_eq!(mine.body["memberships"][0]["workspace_name"], "<b>team</b>");
    assert_eq!(mine.body["invitations_received"][0]["state"], "accepted");
    assert_eq!(mine.body["sessions"].as_array().map(Vec::len), Some(1));
    assert!(!mine.text.contains("mia@example.test"), "that is Ken's");
    assert!(!mine.text.contains("hash") && !mine.text.contains("secret"));
    assert_eq!(
        app.mails_to("aiko@example.test").last().expect("a mail"),
        "data_exported"
    );

    let kens = app.get(&ken, "/api/me/export.html").await;
    assert!(kens.header("content-type").starts_with("text/html"));
    assert!(kens.text.contains("mia@example.test"));
    assert!(!kens.text.contains("<b>team"), "names are text, not markup");

    app.context.clock.advance(Duration::minutes(6));
    let stale = app.get(&aiko, "/api/me/export").await;
    assert_eq!(stale.refusal(), (403, "step-up-required"));
}
