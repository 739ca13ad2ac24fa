use koeba_domain::{Bucket, DeviceName, Limit};
use koeba_storage::Counted;
use time::Duration;
use tokio::task::JoinSet;

use crate::world::{NOW, World, address};

#[tokio::test]
async fn of_a_hundred_mails_asked_for_at_once_five_are_allowed_in_an_hour() {
    let world = World::start().await;
    let mut tries = JoinSet::new();
    for _ in 0..100 {
        let (directory, bucket) = (world.directory(), mail_to("aiko"));
        tries.spawn(async move { directory.count(&bucket, 1, NOW).await.expect("counted") });
    }
    let allowed = tries
        .join_all()
        .await
        .into_iter()
        .filter(|counted| *counted == Counted::Allowed)
        .count();
    assert_eq!(allowed, 5);
    let directory = world.directory();
    let later = NOW + Duration::hours(1);
    for (bucket, now, expected) in [
        (mail_to("aiko"), NOW, Counted::UsedUp { until: later }),
        (mail_to("ken"), NOW, Counted::Allowed),
        (mail_to("aiko"), later, Counted::Allowed),
    ] {
        assert_eq!(directory.count(&bucket, 1, now).await, Ok(expected));
    }
}

#[tokio::test]
async fn what_is_given_back_may_be_used_again_and_never_more() {
    let world = World::start().await;
    let directory = world.directory();
    let bucket = mail_to("aiko");
    directory
        .uncount(&bucket, NOW)
        .await
        .expect("nothing there");
    for _ in 0..2 {
        assert_eq!(directory.count(&bucket, 5, NOW).await, Ok(Counted::Allowed));
        for _ in 0..7 {
            directory.uncount(&bucket, NOW).await.expect("given back");
        }
    }
    let until = NOW + Duration::hours(1);
    assert_eq!(
        directory.count(&bucket, 6, NOW).await,
        Ok(Counted::UsedUp { until })
    );
}

#[tokio::test]
async fn a_count_holds_no_address_and_forgets_itself() {
    let world = World::start().await;
    let directory = world.directory();
    directory
        .count(&mail_to("aiko"), 1, NOW)
        .await
        .expect("counted");
    let event = world.emulator.stream_event("koeba").expect("a stream");
    let text = serde_json::to_string(&event).expect("JSON");
    assert!(text.contains("LIMIT#mail-to-address#") && !text.contains("aiko"));
    assert_eq!(world.emulator.sweep_expired().await.expect("swept"), 1);
}

#[tokio::test]
async fn a_device_is_known_to_those_who_signed_in_on_it_for_four_hundred_days() {
    let world = World::start().await;
    let directory = world.directory();
    let (aiko, ken) = (world.id(), world.id());
    let name = DeviceName::new("Firefox, Linux").expect("a line");
    let remember = || directory.remember_device(aiko, "hash", &name, None, NOW);
    assert_eq!(remember().await, Ok(true));
    assert_eq!(remember().await, Ok(false));
    let at_the_end = NOW + Duration::days(400);
    for (user, hash, now, known) in [
        (Some(aiko), "hash", NOW, true),
        (Some(aiko), "other", NOW, false),
        (Some(ken), "hash", NOW, false),
        (None, "hash", NOW, false),
        (Some(aiko), "hash", at_the_end, false),
    ] {
        assert_eq!(directory.knows_device(user, hash, now).await, Ok(known));
    }
}

fn mail_to(name: &str) -> Bucket {
    Bucket::of_address(Limit::MailToAddress, &address(name))
}
