//! What the function writes to its log.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use koeba_edge::{json_log, log_filter};
use serde_json::Value;
use tracing::Dispatch;
use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing_subscriber::EnvFilter;

/// The log of this test's thread, kept until it is read.
pub struct Log {
    written: Written,
    _guard: DefaultGuard,
}

/// A subscriber that is always there and hears nothing. Were a test's own the only one, a line
/// that another thread comes to first would be taken for one that nobody hears, in every thread:
/// tracing then asks the thread that is there, and not the subscriber.
static NEVER_ALONE: OnceLock<Dispatch> = OnceLock::new();

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Begins to keep what is logged as `filter` says, such as `koeba::access=info`.
    ///
    /// # Panics
    /// When the filter is none.
    #[must_use]
    pub fn keep(filter: &str) -> Self {
        Self::filtered(filter.parse().expect("a filter"))
    }

    /// Begins to keep all that a function can be made to log.
    #[must_use]
    pub fn keep_all() -> Self {
        Self::filtered(log_filter(Some("trace")))
    }

    fn filtered(filter: EnvFilter) -> Self {
        NEVER_ALONE.get_or_init(|| Dispatch::new(NoSubscriber::default()));
        let written = Written::default();
        let writer = written.clone();
        let log = json_log(filter, move || writer.clone());
        Self {
            written,
            _guard: tracing::subscriber::set_default(log),
        }
    }

    /// Everything so far, as it stands.
    #[must_use]
    pub fn text(&self) -> String {
        let written = self.written.0.lock();
        let written = written.unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&written).into_owned()
    }

    /// The lines so far of one target, such as `koeba::access`.
    ///
    /// # Panics
    /// When a line is no JSON object.
    #[must_use]
    pub fn lines(&self, target: &str) -> Vec<Value> {
        let text = self.text();
        let lines = text.lines().map(|line| {
            let line: Value = serde_json::from_str(line).expect("a line is JSON");
            assert!(line.is_object(), "{line}");
            line
        });
        lines.filter(|line| line["target"] == target).collect()
    }
}
