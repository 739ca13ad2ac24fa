//! What is kept of one participant's connection until it ends, and then told to the control plane.

use std::time::{Duration, Instant};

use koeba_peer::{DtlsVersion, Measurement, Transport};
use serde::Serialize;

use crate::reports::RoomKey;

/// How a connection has gone so far.
#[derive(Debug, Default)]
pub(crate) struct ConnectionRecord {
    joined_at_ms: u64,
    dtls: Option<DtlsVersion>,
    srtp: Option<&'static str>,
    transport: Option<Transport>,
    loss_up: Mean,
    loss_down: Mean,
    jitter: Duration,
    round_trip: Duration,
    /// Set while media does not flow that has flowed before.
    interrupted_at: Option<Instant>,
    interruptions: u32,
    interrupted: Duration,
}

/// How a connection went, as the control plane is told: an hour of it is a line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct ConnectionReport {
    workspace_id: String,
    room_id: String,
    sid: String,
    /// In milliseconds since 1970.
    joined_at: u64,
    /// The same.
    ended_at: u64,
    /// The version of DTLS; none if media never flowed.
    dtls: Option<&'static str>,
    /// How media was protected, by its name in IANA's registry of SRTP protection profiles.
    srtp: Option<&'static str>,
    /// `UDP` or `TCP`.
    transport: Option<&'static str>,
    /// Of a thousand packets that the client sent, so many did not arrive.
    loss_up_permille: u32,
    /// Of a thousand packets that it was sent.
    loss_down_permille: u32,
    /// The worst that was measured.
    jitter_ms: u32,
    /// The same.
    round_trip_ms: u32,
    /// How often media stopped flowing before the connection ended.
    interruptions: u32,
    /// For how long in total.
    interrupted_ms: u32,
}

#[derive(Debug, Default)]
struct Mean {
    sum: f32,
    count: u16,
}

impl ConnectionRecord {
    pub(crate) fn new(joined_at_ms: u64) -> Self {
        Self {
            joined_at_ms,
            ..Self::default()
        }
    }

    pub(crate) fn connected(
        &mut self,
        now: Instant,
        version: DtlsVersion,
        srtp: Option<&'static str>,
    ) {
        self.dtls = Some(version);
        self.srtp = srtp;
        if let Some(since) = self.interrupted_at.take() {
            self.interrupted += now.saturating_duration_since(since);
        }
    }

    pub(crate) fn lost(&mut self, now: Instant) {
        if self.interrupted_at.is_none() {
            self.interrupted_at = Some(now);
            self.interruptions += 1;
        }
    }

    /// Media, or what prepares it, came in this way.
    pub(crate) const fn travels(&mut self, transport: Transport) {
        self.transport = Some(transport);
    }

    pub(crate) fn measured(&mut self, measurement: &Measurement) {
        self.loss_up.add(measurement.loss_up);
        self.loss_down.add(measurement.loss_down);
        self.jitter = self.jitter.max(measurement.jitter);
        self.round_trip = self
            .round_trip
            .max(measurement.round_trip.unwrap_or_default());
    }

    /// The last word. An interruption that the connection ended in is none: that is how a client
    /// that vanishes ends.
    pub(crate) fn end(self, room: &RoomKey, sid: String, ended_at_ms: u64) -> ConnectionReport {
        let open = u32::from(self.interrupted_at.is_some());
        ConnectionReport {
            workspace_id: room.workspace.clone(),
            room_id: room.room.clone(),
            sid,
            joined_at: self.joined_at_ms,
            ended_at: ended_at_ms,
            dtls: self.dtls.map(DtlsVersion::as_str),
            srtp: self.srtp,
            transport: self.transport.map(Transport::as_str),
            loss_up_permille: self.loss_up.permille(),
            loss_down_permille: self.loss_down.permille(),
            jitter_ms: milliseconds(self.jitter),
            round_trip_ms: milliseconds(self.round_trip),
            interruptions: self.interruptions - open,
            interrupted_ms: milliseconds(self.interrupted),
        }
    }
}

impl Mean {
    fn add(&mut self, share: Option<f32>) {
        if let Some(share) = share
            && let Some(count) = self.count.checked_add(1)
        {
            self.sum += share;
            self.count = count;
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of 0 to 1 is at most 1000 in a thousand"
    )]
    fn permille(&self) -> u32 {
        if self.count == 0 {
            return 0;
        }
        (self.sum / f32::from(self.count) * 1_000.0).round() as u32
    }
}

fn milliseconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interruption_counts_when_it_is_over_and_not_as_the_end() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut record = ConnectionRecord::new(1_000);
        record.connected(start, DtlsVersion::V1_3, Some("SRTP_AEAD_AES_256_GCM"));
        record.lost(at(10));
        record.connected(at(12), DtlsVersion::V1_3, Some("SRTP_AEAD_AES_256_GCM"));
        record.lost(at(20));
        let room = RoomKey {
            workspace: "ws_1".to_owned(),
            room: "lobby".to_owned(),
        };
        let report = record.end(&room, "PA_1".to_owned(), 21_000);
        assert_eq!((report.interruptions, report.interrupted_ms), (1, 2_000));
        assert_eq!((report.joined_at, report.ended_at), (1_000, 21_000));
        assert_eq!(report.dtls, Some("1.3"));
        assert_eq!(report.srtp, Some("SRTP_AEAD_AES_256_GCM"));
    }

    #[test]
    fn loss_is_the_mean_of_what_flowed_and_delay_the_worst() {
        let mut record = ConnectionRecord::new(0);
        record.travels(Transport::Tcp);
        for (loss, jitter) in [(Some(0.02), 3), (None, 1), (Some(0.04), 2)] {
            record.measured(&Measurement {
                loss_up: loss,
                jitter: Duration::from_millis(jitter),
                round_trip: Some(Duration::from_millis(10 * jitter)),
                ..Measurement::default()
            });
        }
        let room = RoomKey {
            workspace: String::new(),
            room: String::new(),
        };
        let report = record.end(&room, String::new(), 0);
        assert_eq!(
            (report.loss_up_permille, report.loss_down_permille),
            (30, 0)
        );
        assert_eq!((report.jitter_ms, report.round_trip_ms), (3, 30));
        assert_eq!(report.transport, Some("TCP"));
        assert_eq!(report.dtls, None, "media never flowed");
    }
}
