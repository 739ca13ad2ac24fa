//! What those that audit entries speak of are called now: entries themselves hold identifiers only.

use std::collections::{BTreeSet, HashMap};

use futures_util::future::try_join_all;
use koeba_domain::{AuditEntry, AuditLine, RoomId, UserId, WorkspaceScope};
use koeba_edge::{Context, Problem};
use koeba_storage::{PageRequest, WorkspaceTable};
use tokio::try_join;

/// How many rooms are read at a time.
const AT_A_TIME: u8 = 100;

/// Names by identifier. What has gone has none.
#[derive(Debug, Default)]
pub(crate) struct Names(HashMap<String, String>);

impl Names {
    /// Of everybody and everything in the workspace.
    pub(crate) async fn of_all(context: &Context, scope: &WorkspaceScope) -> Result<Self, Problem> {
        let table = context.table.workspace(scope);
        let mut names = Self::default();
        for record in table.all_member_records().await? {
            names.put(record.member.user.to_string(), &record.member.display_name);
        }
        let mut cursor = None;
        loop {
            let limit = AT_A_TIME;
            let page = table.rooms(&PageRequest { cursor, limit }).await?;
            for room in page.items {
                names.put(room.id.to_string(), &room.name);
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        names.put_workspace(&table, scope).await?;
        Ok(names)
    }

    /// Of what a few entries speak of.
    pub(crate) async fn of_entries(
        context: &Context,
        scope: &WorkspaceScope,
        entries: &[AuditEntry],
    ) -> Result<Self, Problem> {
        let table = context.table.workspace(scope);
        let mut names = Self::default();
        let subjects = || {
            entries
                .iter()
                .filter_map(|entry| entry.event.subject.as_ref())
        };
        let actors = entries.iter().filter_map(|entry| entry.event.actor);
        let users: BTreeSet<UserId> = actors
            .chain(subjects().filter_map(|subject| subject.id.parse().ok()))
            .collect();
        let rooms: BTreeSet<RoomId> = subjects()
            .filter_map(|subject| subject.id.parse().ok())
            .collect();
        let (users, rooms) = try_join!(
            try_join_all(users.into_iter().map(|user| table.member_record(user))),
            try_join_all(rooms.into_iter().map(|room| table.room(room))),
        )?;
        for record in users.into_iter().flatten() {
            names.put(record.member.user.to_string(), &record.member.display_name);
        }
        for room in rooms.into_iter().flatten() {
            names.put(room.id.to_string(), &room.name);
        }
        if subjects().any(|subject| subject.kind == "workspace") {
            names.put_workspace(&table, scope).await?;
        }
        Ok(names)
    }

    /// The name of what has this identifier.
    pub(crate) fn of(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(String::as_str)
    }

    /// The entry, with names beside identifiers.
    pub(crate) fn beside(&self, entry: AuditEntry) -> AuditLine {
        let mut line = AuditLine::from(entry);
        let actor = line.actor.id.map(|id| id.to_string());
        line.actor.name = actor.and_then(|id| self.of(&id).map(str::to_owned));
        if let Some(subject) = &mut line.subject {
            subject.name = self.of(&subject.id).map(str::to_owned);
        }
        line
    }

    async fn put_workspace(
        &mut self,
        table: &WorkspaceTable,
        scope: &WorkspaceScope,
    ) -> Result<(), Problem> {
        let workspace = table.workspace().await?;
        self.put(scope.workspace().to_string(), &workspace.name);
        Ok(())
    }

    fn put(&mut self, id: String, name: &impl ToString) {
        self.0.insert(id, name.to_string());
    }
}
