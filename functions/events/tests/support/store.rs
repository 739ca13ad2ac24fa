//! A store of one's own, without any of the functions that write it.

use koeba_emulator::{Emulator, EmulatorConfig, Role, Storage, TENANT_ROLE_ARN};
use koeba_storage::{Table, TableSettings};

use crate::support::TABLE;

/// Empty embedded services, and their table as the whole of Koeba reaches it.
pub(crate) async fn empty() -> (Emulator, Table) {
    let config = EmulatorConfig::new(Storage::Memory).expect("sound policies");
    let emulator = Emulator::start(config).await.expect("an emulator");
    emulator.create_table(TABLE).expect("a table");
    emulator.create_bucket("koeba-archive").expect("a bucket");
    let settings = TableSettings {
        name: TABLE.to_owned(),
        tenant_role_arn: TENANT_ROLE_ARN.to_owned(),
        cursor_key: [1; 32],
    };
    let table = Table::new(&emulator.sdk_config(Role::Operator), settings);
    (emulator, table)
}
