//! Everything a handler may use from outside itself.

use std::sync::Arc;

use koeba_storage::{Table, TableSettings};

use crate::{Clock, Entropy, Probes, Settings};

/// What every handler is given: the store, the time, randomness and settings.
///
/// A handler takes no clock, randomness or environment from anywhere else, so a test decides all
/// of it. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Context {
    /// The one table.
    pub table: Table,
    /// What time it is.
    pub clock: Clock,
    /// Where secrets and identifiers come from.
    pub entropy: Entropy,
    /// What the function was told by its environment.
    pub settings: Arc<Settings>,
    /// Who has asked too often for workspaces that are not theirs.
    pub probes: Probes,
}

impl Context {
    /// The context of a running function: the machine's clock and generator, and the table that
    /// `settings` names in the account that `aws` leads to.
    #[must_use]
    pub fn new(aws: &aws_config::SdkConfig, settings: Settings) -> Self {
        Self {
            table: Table::new(
                aws,
                TableSettings {
                    name: settings.table.clone(),
                    tenant_role_arn: settings.tenant_role_arn.clone(),
                    cursor_key: settings.cursor_key,
                },
            ),
            clock: Clock::system(),
            entropy: Entropy::system(),
            settings: Arc::new(settings),
            probes: Probes::default(),
        }
    }
}
