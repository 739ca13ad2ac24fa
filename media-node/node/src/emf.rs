//! What a node counts, once a minute, in the form in which AWS reads metrics out of a log
//! (AWS, "Specification: Embedded metric format").

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::sync::watch;

use crate::counters::{Counter, Counters};
use crate::world::wall_clock_ms;

/// The finest resolution at the usual price.
const MINUTE: Duration = Duration::from_secs(60);
/// Where the metrics are found.
const NAMESPACE: &str = "Koeba";

/// Writes a line to the standard output every minute until the node stops.
pub(crate) async fn tell(counters: Arc<Counters>, mut stop: watch::Receiver<bool>) {
    let mut metrics = Metrics::default();
    loop {
        tokio::select! {
            () = tokio::time::sleep(MINUTE) => {
                let line = metrics.line(&counters, wall_clock_ms());
                // An output that nobody reads any more is no reason to stop calls.
                let _ = writeln!(std::io::stdout().lock(), "{line}");
            }
            _ = stop.changed() => return,
        }
    }
}

/// What was told before, of counters that only rise.
#[derive(Default)]
struct Metrics {
    told: [u64; 4],
}

impl Metrics {
    /// The metrics of a minute: how many there are, and how much more of what rises.
    fn line(&mut self, counters: &Counters, now_ms: u64) -> Value {
        let rising: [(&str, &Counter); 4] = [
            ("MediaQualityPoor", &counters.quality_poor_total),
            ("MediaDatagramsUnsent", &counters.datagrams_unsent_total),
            ("MediaReportsFailed", &counters.reports_failed_total),
            ("MediaDtls12", &counters.dtls12_total),
        ];
        let mut values = Map::new();
        values.insert("MediaRooms".into(), counters.rooms.get().into());
        values.insert(
            "MediaParticipants".into(),
            counters.participants.get().into(),
        );
        for ((name, counter), told) in rising.into_iter().zip(&mut self.told) {
            let count = counter.get();
            let more = count - std::mem::replace(told, count);
            values.insert(name.into(), more.into());
        }
        let names = values
            .keys()
            .map(|name| json!({ "Name": name, "Unit": "Count" }));
        let directive = json!({
            "Namespace": NAMESPACE,
            "Dimensions": [[]],
            "Metrics": names.collect::<Value>(),
        });
        let metadata = json!({ "Timestamp": now_ms, "CloudWatchMetrics": [directive] });
        values.insert("_aws".into(), metadata);
        Value::Object(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_minute_tells_what_is_and_what_came_since_the_last_and_declares_all_of_it() {
        let counters = Counters::default();
        counters.participants.set(3);
        counters.quality_poor_total.add(2);
        let mut metrics = Metrics::default();
        let first = metrics.line(&counters, 60_000);
        assert_eq!(first["MediaParticipants"], 3);
        assert_eq!(first["MediaQualityPoor"], 2);
        assert_eq!(first["_aws"]["Timestamp"], 60_000);
        let declared = &first["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(declared["Namespace"], "Koeba");
        for metric in declared["Metrics"].as_array().expect("a list") {
            let name = metric["Name"].as_str().expect("a name");
            assert!(first[name].is_u64(), "{name} has a value");
        }
        counters.quality_poor_total.one();
        let second = metrics.line(&counters, 120_000);
        assert_eq!(second["MediaQualityPoor"], 1);
        assert_eq!(second["MediaParticipants"], 3);
    }
}
