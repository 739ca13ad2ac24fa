//! What somebody is and is called.

use serde_json::json;
use time::Duration;

use crate::app::{App, Browser, PASSWORD};

const AIKO: &str = "aiko@example.test";
const ME: &str = "/api/me";

#[tokio::test]
async fn a_name_and_a_language_are_changed_one_by_one_or_together() {
    let app = App::start().await;
    let aiko = app.person(AIKO).await;
    // No proof of being there is asked for: it is nothing that could not be changed back.
    app.context.clock.advance(Duration::hours(1));
    for (change, name, locale) in [
        (json!({ "display_name": "田中 愛子" }), "田中 愛子", "ja"),
        (json!({ "locale": "en" }), "田中 愛子", "en"),
        (
            json!({ "display_name": "Aiko", "locale": "ja" }),
            "Aiko",
            "ja",
        ),
        (json!({}), "Aiko", "ja"),
    ] {
        let answer = app.patch(&aiko, ME, change).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        for view in [&answer, &app.get(&aiko, ME).await] {
            assert_eq!(view.body["user"]["display_name"], name);
            assert_eq!(view.body["user"]["locale"], locale);
        }
    }
}

/// Check sheet: WA-07-01, WA-08-01.
#[tokio::test]
async fn a_name_is_one_line_and_nothing_else_can_be_changed_with_it() {
    let app = App::start().await;
    let aiko = app.person(AIKO).await;
    let over = "あ".repeat(65);
    for name in ["", " ", "a\r\nBcc: all@example.test", "a\u{2028}b", &over] {
        let refused = app.patch(&aiko, ME, json!({ "display_name": name })).await;
        assert_eq!(
            (refused.refusal(), refused.field()),
            ((422, "fields-invalid"), "display_name")
        );
    }
    for change in [
        json!({ "email": "ken@example.test" }),
        json!({ "id": "us_00000000000000000000000000" }),
        json!({ "password": PASSWORD }),
    ] {
        let refused = app.patch(&aiko, ME, change).await;
        assert_eq!(refused.refusal(), (422, "field-unknown"));
    }
}

#[tokio::test]
async fn nobody_changes_anything_without_a_session() {
    let app = App::start().await;
    let change = json!({ "display_name": "Aiko" });
    let refused = app.patch(&Browser::default(), ME, change).await;
    assert_eq!(refused.refusal(), (401, "not-signed-in"));
}
