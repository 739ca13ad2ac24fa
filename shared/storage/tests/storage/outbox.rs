use aws_sdk_dynamodb::types::AttributeValue;
use koeba_emulator::Role;
use koeba_storage::{Claim, OutboxEntry};
use tokio::task::JoinSet;

use crate::world::{NOW, World, table_of};

#[tokio::test]
async fn a_mail_of_either_outbox_is_claimed_once_sent_and_forgotten() {
    let world = World::start().await;
    let sign_up = world.sign_up("aiko");
    let mail = world.token_mail(&sign_up);
    world
        .directory()
        .create_sign_up(&sign_up, &mail)
        .await
        .expect("written");
    let (table, _, owner) = world.owned("team").await;
    let invitation = world.invited(&table, "ken", owner.user).await;
    let outbox = table_of(&world.emulator, Role::Events).outbox();
    let entries = owed(&world).await;
    assert_eq!(entries.len(), 2);
    for entry in entries {
        let to = &entry.intent().to;
        assert!(*to == sign_up.email || *to == invitation.email);
        let mut race = JoinSet::new();
        for _ in 0..20 {
            let (outbox, entry) = (outbox.clone(), entry.clone());
            race.spawn(async move { outbox.claim(&entry, NOW).await.expect("answers") });
        }
        let claims = race.join_all().await;
        assert_eq!(
            claims
                .iter()
                .filter(|claim| **claim == Claim::Yours)
                .count(),
            1
        );
        assert!(claims.iter().all(|claim| *claim != Claim::Settled));
        outbox.settle(&entry, NOW).await.expect("answers");
        assert_eq!(outbox.claim(&entry, NOW).await, Ok(Claim::Settled));
        outbox.release(&entry).await.expect("answers");
        assert_eq!(
            outbox.claim(&entry, NOW + Claim::LIFETIME * 2).await,
            Ok(Claim::Settled)
        );
    }
    assert!(owed(&world).await.is_empty());
    for item in items(&world).await {
        if matches!(&item["pk"], AttributeValue::S(pk) if pk.contains("OUTBOX")) {
            assert!(
                !item.contains_key("to") && !item.contains_key("params"),
                "{item:?}"
            );
        }
    }
}

#[tokio::test]
async fn an_abandoned_or_released_claim_is_given_to_the_next() {
    let world = World::start().await;
    let sign_up = world.sign_up("aiko");
    let mail = world.token_mail(&sign_up);
    world
        .directory()
        .create_sign_up(&sign_up, &mail)
        .await
        .expect("written");
    let entry = owed(&world).await.remove(0);
    assert_eq!(*entry.intent(), mail);
    let outbox = world.table.outbox();
    assert_eq!(outbox.claim(&entry, NOW).await, Ok(Claim::Yours));
    assert!(owed(&world).await.is_empty());
    assert_eq!(
        outbox.claim(&entry, NOW + Claim::LIFETIME).await,
        Ok(Claim::Held)
    );
    let later = NOW + Claim::LIFETIME + time::Duration::MILLISECOND;
    assert_eq!(outbox.claim(&entry, later).await, Ok(Claim::Yours));
    outbox.release(&entry).await.expect("answers");
    assert_eq!(outbox.claim(&entry, later).await, Ok(Claim::Yours));
}

/// The mails that the stream would bring.
async fn owed(world: &World) -> Vec<OutboxEntry> {
    items(world)
        .await
        .into_iter()
        .filter_map(|item| OutboxEntry::from_image(item.into()))
        .collect()
}

/// Everything in the table, as only its operator sees it.
async fn items(world: &World) -> Vec<std::collections::HashMap<String, AttributeValue>> {
    let sdk = world.emulator.sdk_config(Role::Operator);
    let scanned = aws_sdk_dynamodb::Client::new(&sdk)
        .scan()
        .table_name("koeba")
        .send()
        .await;
    scanned.expect("the operator may").items.unwrap_or_default()
}
