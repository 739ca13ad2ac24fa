//! What a node counts, as Prometheus text.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident: $kind:literal, $help:literal;)*) => {
        /// Everything a node counts since it started.
        #[derive(Debug, Default)]
        pub(crate) struct Counters {
            $($(#[$doc])* pub(crate) $name: Counter,)*
        }

        impl Counters {
            /// The counters in Prometheus' text format.
            pub(crate) fn as_text(&self) -> String {
                let mut text = String::new();
                $(
                    let name = concat!("koeba_node_", stringify!($name));
                    writeln!(
                        text,
                        concat!("# HELP {0} ", $help, "\n# TYPE {0} ", $kind, "\n{0} {1}"),
                        name,
                        self.$name.get(),
                    )
                    .expect("writing to a string does not fail");
                )*
                text
            }
        }
    };
}

counters! {
    rooms: "gauge", "Rooms that are open.";
    participants: "gauge", "Participants in all rooms.";
    connections: "gauge", "Signalling connections.";
    joins_total: "counter", "Participants let in.";
    participants_restored_total: "counter", "Participants that came from another node and went on.";
    connections_relayed_total: "counter", "Signalling connections passed on to the node that holds the room.";
    joins_refused_total: "counter", "Joins refused for their token, their form or a limit.";
    dtls13_total: "counter", "Transports that came up with DTLS 1.3.";
    dtls12_total: "counter", "Transports that came up with DTLS 1.2.";
    quality_poor_total: "counter", "Measurements of five seconds in which a participant's voice broke up.";
    datagrams_received_total: "counter", "Datagrams received.";
    datagrams_sent_total: "counter", "Datagrams sent.";
    datagrams_unsent_total: "counter", "Datagrams that the socket would not take.";
    datagrams_foreign_total: "counter", "Datagrams that belong to no participant.";
    datagrams_malformed_total: "counter", "Datagrams of participants that were no STUN, DTLS or RTP.";
    tcp_connections: "gauge", "TCP connections for media.";
    tcp_connections_total: "counter", "TCP connections for media that were let in.";
    tcp_connections_refused_total: "counter", "TCP connections for media that found no place.";
    tcp_connections_malformed_total: "counter", "TCP connections closed for what came over them.";
    tcp_connections_unproven_total: "counter", "TCP connections closed for not proving whose they are.";
    packets_forwarded_total: "counter", "Media packets passed on, counted per receiver.";
    packets_withheld_total: "counter", "Voice packets not passed on because others are louder, counted per receiver.";
    pictures_dropped_total: "counter", "Packets of pictures beyond what one track may bring.";
    keyframes_requested_total: "counter", "Whole pictures asked of their publishers.";
    data_forwarded_total: "counter", "Data messages passed on, counted per receiver.";
    data_malformed_total: "counter", "Messages on data channels that could not be read.";
    data_dropped_total: "counter", "Data messages for receivers that take nothing in.";
    frames_malformed_total: "counter", "Signalling frames that could not be decoded.";
    connections_broken_total: "counter", "Signalling connections torn, against the protocol, or with a frame too large.";
    frames_too_many_total: "counter", "Connections closed for sending too many messages.";
    offers_malformed_total: "counter", "Offers that could not be answered.";
    api_calls_total: "counter", "Calls of the server API that were carried out.";
    api_calls_refused_total: "counter", "Calls of the server API that were not.";
    reports_total: "counter", "Reports that the control plane took.";
    reports_failed_total: "counter", "Reports that it did not take.";
}

/// A number that several threads count up.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    pub(crate) fn one(&self) {
        self.add(1);
    }

    pub(crate) fn less(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn set(&self, value: usize) {
        self.0
            .store(u64::try_from(value).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_counter_is_told_with_its_help_and_type() {
        let counters = Counters::default();
        counters.joins_total.add(3);
        let text = counters.as_text();
        assert!(text.contains("# TYPE koeba_node_joins_total counter\nkoeba_node_joins_total 3\n"));
        assert_eq!(
            text.matches("# HELP").count(),
            text.matches("# TYPE").count()
        );
    }
}
