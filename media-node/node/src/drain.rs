//! Going without anybody being dropped: the rooms are given to other nodes, everybody is asked to go
//! there, and media goes on here until they have.

use std::time::{Duration, Instant};

use koeba_room::{Close, Input, LeaveAction, LeaveReason};
use tokio::sync::oneshot;

use crate::command::Command;
use crate::reports::{News, RoomKey};
use crate::start::NodeHandle;
use crate::world::World;

/// How long the control plane may take to hear that the node is leaving.
const TOLD_WITHIN: Duration = Duration::from_secs(3);
/// How often it is looked whether everybody has gone.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Whoever has sent nothing for so long has gone: a client that talks, or is there, is heard more
/// often.
const GONE_AFTER: Duration = Duration::from_millis(3_500);

impl NodeHandle {
    /// Gives every room to another node and ends once everybody has gone there, or after `within`.
    /// Whoever has not gone by then is sent away and comes back by itself.
    pub async fn drain(self, within: Duration) {
        let deadline = tokio::time::Instant::now() + within;
        if let Some(leases) = self.leases.clone() {
            leases.leave();
            let (told, is_told) = oneshot::channel();
            // Both end only together with the node.
            let _ = self.news.send(News::Leaving(told));
            let _ = tokio::time::timeout(TOLD_WITHIN, is_told).await;
            let rooms = self.ask(Command::Rooms).await.unwrap_or_default();
            for room in &rooms {
                // Whether another node takes it or none does: everybody has to go.
                let _ = leases.standing(room, None).await;
            }
            let _ = self.commands.send(Command::HandOver).await;
            tracing::info!(rooms = rooms.len(), "the rooms are handed over");
            while tokio::time::Instant::now() < deadline
                && self
                    .ask(Command::Remaining)
                    .await
                    .is_some_and(|here| here > 0)
            {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
        self.shutdown().await;
    }

    async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(command(reply)).await.ok()?;
        answer.await.ok()
    }
}

impl World {
    /// Asks everybody to go on at another node.
    pub(crate) fn hand_over(&mut self, now: Instant) {
        let keys: Vec<_> = self.rooms.keys().cloned().collect();
        for key in keys {
            self.tell_room(now, &key, Input::HandOver);
        }
    }

    /// How many are still here.
    pub(crate) fn remaining(&self, now: Instant) -> usize {
        let seats = self.seats.values();
        seats
            .filter(|seat| seat.peer.heard_within(now, GONE_AFTER))
            .count()
    }

    /// Another node holds this room: everybody shall go there at once.
    pub(crate) fn let_go(&mut self, now: Instant, key: &RoomKey) {
        tracing::warn!("another node holds a room by now, and everybody is sent there");
        let close = Close {
            reason: LeaveReason::Migration,
            action: LeaveAction::Resume,
        };
        self.tell_room(now, key, Input::Close(close));
    }
}
