//! Those who run a workspace are reminded of its access reviews, once each time.

mod support;

use axum::Router;
use koeba_domain::{AccessReview, ReviewTitle, Role};
use koeba_emulator::Role as EmulatedRole;
use koeba_events::Delivery;
use koeba_router_app::{App, NOW};
use time::Duration;

use support::settings;

/// Check sheet: SEC-C-04.
#[tokio::test]
async fn managers_are_reminded_three_times_and_members_never() {
    let app = App::start(EmulatedRole::Workspaces, |_| Router::new()).await;
    let (aiko, ken) = (app.person("aiko").await, app.person("ken").await);
    let workspace = app.workspace(&aiko, "team").await;
    app.add(&aiko, &workspace, &ken, Role::Member).await;
    let title = ReviewTitle::new("2026年度上期").expect("a line");
    let due_at = NOW + Duration::days(10);
    let review = AccessReview::begin(app.context.entropy.id(), title, aiko.user.id, due_at, NOW)
        .expect("a sound review");
    let scope = app.scope(&aiko, &workspace).await;
    let table = app.context.table.workspace(&scope);
    table.create_review(&review, &[]).await.expect("written");
    let sdk = app.emulator().sdk_config(EmulatedRole::Events);
    let delivery = Delivery::with_clock(&sdk, settings(), app.context.clock.clone());
    let mut owed = Vec::new();
    for day in 0..25 {
        for _ in 0..2 {
            let count = delivery.remind().await.expect("the store answers");
            if count > 0 {
                owed.push((day, count));
            }
        }
        app.context.clock.advance(Duration::DAY);
    }
    assert_eq!(owed, [(3, 1), (10, 1), (17, 1)]);
    let mail = app.mail_to("aiko@example.test", "review_reminder");
    let page = format!("/w/{}/access-reviews/{}", workspace.id, review.id);
    assert!(mail.text("link").ends_with(&page), "{mail:?}");
    let to_ken = app.mails_to("ken@example.test");
    assert!(!to_ken.contains(&"review_reminder".to_owned()));
}
