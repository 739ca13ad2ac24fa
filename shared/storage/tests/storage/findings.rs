use koeba_domain::{Finding, FindingKind, FindingRegion, FindingState, Severity};
use time::Duration;

use crate::world::{NOW, World};

fn finding(state: FindingState) -> Finding {
    Finding {
        kind: FindingKind::Threat,
        severity: Severity::High,
        region: FindingRegion::Tokyo,
        state,
        name: None,
    }
}

#[tokio::test]
async fn of_news_about_one_finding_the_latest_counts_in_whatever_order_it_comes() {
    let world = World::start().await;
    let directory = world.table.directory();
    let (open, closed) = (finding(FindingState::Open), finding(FindingState::Closed));
    let (first, later) = (NOW, NOW + Duration::hours(2));
    for (source, found, at) in [
        ("one", &open, first),
        ("one", &closed, later),
        ("one", &open, first + Duration::HOUR),
        ("two", &open, first + Duration::MINUTE),
    ] {
        let noted = directory.note_finding(source, found, at).await;
        noted.expect("the store answers");
    }
    let found = directory.findings().await.expect("the store answers");
    let told: Vec<_> = found
        .iter()
        .map(|one| (one.finding.state, one.first_seen_at, one.seen_at))
        .collect();
    let two = first + Duration::MINUTE;
    assert_eq!(
        told,
        [
            (FindingState::Closed, first, later),
            (FindingState::Open, two, two)
        ]
    );
    assert!(found.iter().all(|one| one.id.len() == 64));
}
