//! The log: one JSON object for each line, and nothing in it that others chose to write there.

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// What writes a function's log to `writer`, as much of it as `filter` says.
///
/// JSON is the only format, so whatever a value holds, it stays within its line and its string.
pub fn json_log<W>(filter: EnvFilter, writer: W) -> impl Subscriber + Send + Sync + 'static
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_env_filter(filter)
        .with_writer(writer)
        .finish()
}

/// What is logged at a level, such as `info` or `trace`; `info` for any other text.
///
/// The level is for our own lines. Libraries are heard when they warn and no sooner, whatever is
/// asked for: at their lower levels they repeat requests, with all that is in them.
#[must_use]
pub fn log_filter(level: Option<&str>) -> EnvFilter {
    let known = ["off", "error", "warn", "info", "debug", "trace"];
    let level = level
        .filter(|level| known.contains(level))
        .unwrap_or("info");
    EnvFilter::new(format!("warn,koeba={level}"))
}

/// Begins a function's log on standard output, at the level that `KOEBA_LOG` names.
pub fn begin_log() {
    let filter = log_filter(std::env::var("KOEBA_LOG").ok().as_deref());
    // A test that runs several functions in one process sets the log once.
    let _ = tracing::subscriber::set_global_default(json_log(filter, std::io::stdout));
    std::panic::set_hook(Box::new(|panic| {
        // The message may quote a request, so only the place is told.
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panic");
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_never_heard_below_a_warning() {
        for (asked, expected) in [
            (None, "warn,koeba=info"),
            (Some("trace"), "warn,koeba=trace"),
            (Some("error"), "warn,koeba=error"),
            (Some("aws_smithy_runtime=trace"), "warn,koeba=info"),
            (Some("info,hyper=trace"), "warn,koeba=info"),
        ] {
            let mut directives: Vec<_> = expected.split(',').map(str::to_owned).collect();
            let told = log_filter(asked).to_string();
            let mut told: Vec<_> = told.split(',').map(str::to_owned).collect();
            directives.sort_unstable();
            told.sort_unstable();
            assert_eq!(told, directives);
        }
    }
}
