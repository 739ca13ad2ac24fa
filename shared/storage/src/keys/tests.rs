use super::*;

fn workspace() -> WorkspaceId {
    WorkspaceId::from_random([7; 16])
}

#[test]
fn every_key_of_workspace_data_begins_with_the_workspace_and_a_delimiter() {
    let workspace = workspace();
    let name = RoomName::new("Lobby").expect("a line");
    let keys = [
        Key::workspace(workspace),
        Key::policy(workspace),
        Key::member(workspace, UserId::from_random([1; 16])),
        Key::invitation(workspace, InvitationId::from_random([1; 16])),
        Key::invitee(
            workspace,
            &EmailAddress::new("a@b.test").expect("an address"),
        ),
        Key::invitation_link(workspace, InvitationLinkId::from_random([1; 16])),
        Key::access_review(workspace, AccessReviewId::from_random([1; 16])),
        Key::review_line(
            workspace,
            AccessReviewId::from_random([1; 16]),
            UserId::from_random([1; 16]),
        ),
        Key::review_result(workspace, AccessReviewId::from_random([1; 16]), 0),
        Key::room(workspace, RoomId::from_random([1; 16])),
        Key::room_name(workspace, &name),
        Key::occupancy(workspace, RoomId::from_random([1; 16])),
        Key::connection(workspace, UserId::from_random([1; 16]), "abc="),
        Key::eviction(workspace, None),
        Key::workspace_mail(workspace, IntentId::from_random([1; 16])),
        Key::audit_head(workspace),
        Key::audit_entry(workspace, 1),
        Key::audited_record(workspace, "1"),
        Key::refusal(workspace, UserId::from_random([1; 16]), "manage_rooms", 1),
        Key::export(workspace, "1"),
    ];
    for key in keys {
        let own = format!("WS#{workspace}#");
        assert!(key.pk.starts_with(&own), "{key:?}");
        let emptied = Key::partitions_of(workspace).any(|partition| partition == key.pk);
        assert!(
            emptied || key.pk.ends_with("#EVICTIONS"),
            "{key:?} outlives it"
        );
        let tombstone = key.tombstone().expect("workspaces keep tombstones");
        assert!(tombstone.pk.starts_with(&own), "{tombstone:?}");
    }
}

#[test]
fn the_longest_name_still_fits_a_sort_key() {
    // One character of three bytes that folds to eighteen characters.
    let name = RoomName::new(&"\u{fdfa}".repeat(64)).expect("a line");
    assert!(name.folded().len() > 1_024);
    assert!(Key::room_name(workspace(), &name).sk.len() < 100);
}

#[test]
fn an_outbox_is_told_from_everything_else() {
    let intent = IntentId::from_random([1; 16]);
    let of = |key: Key| Key::outbox_of(&key.pk, &key.sk);
    assert_eq!(of(Key::directory_mail(intent)), Ok(None));
    assert_eq!(
        of(Key::workspace_mail(workspace(), intent)),
        Ok(Some(workspace()))
    );
    assert_eq!(of(Key::workspace(workspace())), Err(()));
    assert_eq!(of(Key::user(UserId::from_random([1; 16]))), Err(()));
}

#[test]
fn profiles_and_members_are_told_from_everything_else() {
    let user = UserId::from_random([1; 16]);
    let (profile, member) = (Key::user(user), Key::member(workspace(), user));
    assert_eq!(Key::user_of_profile(&profile.pk, &profile.sk), Some(user));
    assert_eq!(Key::user_of_member(&member.pk, &member.sk), Some(user));
    let others = [
        Key::session(user, "hash"),
        Key::review_line(workspace(), AccessReviewId::from_random([1; 16]), user),
    ];
    for Key { pk, sk } in others.iter().chain([&member]) {
        assert_eq!(Key::user_of_profile(pk, sk), None);
    }
    for Key { pk, sk } in others.iter().chain([&profile]) {
        assert_eq!(Key::user_of_member(pk, sk), None);
    }
}

#[test]
fn no_key_shows_an_address() {
    let email = EmailAddress::new("Aiko@example.test").expect("an address");
    assert!(!Key::email(&email).pk.to_lowercase().contains("aiko"));
    let invitee = Key::invitee(workspace(), &email);
    assert!(!invitee.sk.to_lowercase().contains("aiko"));
}
