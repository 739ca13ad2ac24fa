//! The table of crates: what each may depend on, and what it must never see.

use crate::graph::Graph;

/// What one crate may depend on.
pub(crate) struct Rule {
    name: &'static str,
    /// The crates of this workspace that it may name.
    ours: &'static [&'static str],
    /// If given: the only other packages that it may name.
    others: Option<&'static [&'static str]>,
    /// Packages that it must not name itself.
    not_named: &'static [&'static str],
    /// Packages that must not be there however far down.
    never: &'static [&'static str],
}

const SHARED: &[&str] = &[
    "koeba-access-token",
    "koeba-domain",
    "koeba-edge",
    "koeba-protocol",
    "koeba-storage",
];
const FUNCTIONS: [&str; 5] = [
    "koeba-accounts",
    "koeba-workspaces",
    "koeba-rooms",
    "koeba-live",
    "koeba-events",
];
const MEDIA: &[&str] = &["koeba-room", "koeba-signal", "koeba-peer", "koeba-node"];
const HTTP: &[&str] = &["axum", "lambda_http", "hyper", "reqwest"];
const CLOCKS_AND_IO: &[&str] = &[
    "async-std",
    "chrono",
    "getrandom",
    "mio",
    "rand",
    "reqwest",
    "rustix",
    "socket2",
    "tokio",
];

/// The crates whose sources are searched for clocks, environment and randomness.
pub(crate) const PURE: [&str; 4] = [
    "shared/domain",
    "media-node/room",
    "media-node/signal",
    "media-node/peer",
];

const fn rule(name: &'static str, ours: &'static [&'static str]) -> Rule {
    Rule {
        name,
        ours,
        others: None,
        not_named: &[],
        never: &[],
    }
}

const fn function(name: &'static str) -> Rule {
    Rule {
        not_named: &["aws-sdk-dynamodb", "aws-sdk-sts"],
        never: MEDIA,
        ..rule(name, SHARED)
    }
}

/// One row per crate.
pub(crate) const RULES: [Rule; 22] = [
    Rule {
        others: Some(&[
            "data-encoding",
            "hmac-sha256",
            "ipnet",
            "serde",
            "thiserror",
            "time",
            "unicode-normalization",
            "unicode-segmentation",
        ]),
        never: CLOCKS_AND_IO,
        ..rule("koeba-domain", &[])
    },
    Rule {
        never: &["axum", "lambda_http", "koeba-edge", "koeba-node"],
        ..rule("koeba-storage", &["koeba-domain"])
    },
    Rule {
        never: HTTP,
        ..rule("koeba-access-token", &["koeba-domain"])
    },
    Rule {
        never: &["axum", "str0m"],
        ..rule("koeba-protocol", &[])
    },
    Rule {
        not_named: &["aws-sdk-dynamodb"],
        never: MEDIA,
        ..rule(
            "koeba-edge",
            &["koeba-domain", "koeba-storage", "koeba-access-token"],
        )
    },
    function(FUNCTIONS[0]),
    function(FUNCTIONS[1]),
    function(FUNCTIONS[2]),
    function(FUNCTIONS[3]),
    function(FUNCTIONS[4]),
    Rule {
        others: Some(&["thiserror"]),
        never: &[
            "async-std",
            "chrono",
            "getrandom",
            "koeba-protocol",
            "koeba-storage",
            "mio",
            "rand",
            "reqwest",
            "rustix",
            "socket2",
            "str0m",
            "tokio",
        ],
        ..rule("koeba-room", &["koeba-domain"])
    },
    Rule {
        never: &["str0m", "tokio", "koeba-storage"],
        ..rule(
            "koeba-signal",
            &["koeba-domain", "koeba-room", "koeba-protocol"],
        )
    },
    Rule {
        never: &["tokio", "koeba-protocol", "koeba-storage"],
        ..rule("koeba-peer", &["koeba-room"])
    },
    Rule {
        never: &["aws-sdk-dynamodb", "koeba-storage", "koeba-edge"],
        ..rule(
            "koeba-node",
            &[
                "koeba-access-token",
                "koeba-domain",
                "koeba-peer",
                "koeba-protocol",
                "koeba-room",
                "koeba-signal",
            ],
        )
    },
    rule("koeba-emulator", &[]),
    // It looks from outside, as people do.
    Rule {
        never: &["koeba-edge", "koeba-node", "koeba-storage"],
        ..rule("koeba-doctor", &["koeba-load"])
    },
    rule(
        "koeba-local",
        &[
            "koeba-access-token",
            "koeba-accounts",
            "koeba-domain",
            "koeba-edge",
            "koeba-emulator",
            "koeba-events",
            "koeba-live",
            "koeba-node",
            "koeba-rooms",
            "koeba-storage",
            "koeba-workspaces",
        ],
    ),
    Rule {
        never: &["koeba-node", "koeba-peer"],
        ..rule("koeba-load", &["koeba-access-token", "koeba-protocol"])
    },
    Rule {
        never: &["koeba-node", "koeba-storage", "tokio"],
        ..rule(
            "koeba-fuzz",
            &["koeba-peer", "koeba-protocol", "koeba-room", "koeba-signal"],
        )
    },
    // What router tests are written with; no row above lists it, so nothing else is built with it.
    rule(
        "koeba-router-app",
        &[
            "koeba-domain",
            "koeba-edge",
            "koeba-emulator",
            "koeba-storage",
        ],
    ),
    rule(
        "koeba-tests",
        &[
            "koeba-accounts",
            "koeba-edge",
            "koeba-emulator",
            "koeba-load",
            "koeba-local",
            "koeba-rooms",
            "koeba-router-app",
            "koeba-workspaces",
        ],
    ),
    // Whoever types `cargo xtask` waits for what it is built from.
    Rule {
        never: HTTP,
        ..rule("koeba-xtask", &[])
    },
];

/// What breaks the table, one sentence each.
pub(crate) fn offences(graph: &Graph, rules: &[Rule]) -> Vec<String> {
    rules.iter().flat_map(|rule| rule.offences(graph)).collect()
}

/// The members that no rule is about.
pub(crate) fn crates_without_a_row(graph: &Graph, rules: &[Rule]) -> Vec<String> {
    graph
        .members()
        .filter(|member| rules.iter().all(|rule| rule.name != *member))
        .map(|member| format!("{member} has no row in tests/architecture/rules.rs"))
        .collect()
}

impl Rule {
    fn offences(&self, graph: &Graph) -> Vec<String> {
        let Self {
            name,
            ours,
            others,
            not_named,
            never,
        } = self;
        let mut told = Vec::new();
        for on in graph.direct(name) {
            let allowed = if graph.is_member(on) || on.starts_with("koeba-") {
                ours.contains(&on)
            } else {
                others.is_none_or(|others| others.contains(&on))
            };
            if !allowed {
                told.push(format!("{name} may not depend on {on}"));
            }
            if not_named.contains(&on) {
                told.push(format!("{name} may not name {on}"));
            }
        }
        for unseen in *never {
            match graph.path(name, unseen).as_deref() {
                None => {}
                Some([_]) => told.push(format!("{name} must never see {unseen}")),
                Some([through @ .., _]) => told.push(format!(
                    "{name} must never see {unseen}, and does through {}",
                    through.join(" → ")
                )),
                Some([]) => unreachable!("a path ends where it leads"),
            }
        }
        told
    }
}
