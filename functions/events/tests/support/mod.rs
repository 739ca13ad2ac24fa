//! What the stories of this function stand on.

use koeba_emulator::TENANT_ROLE_ARN;
use koeba_events::DeliverySettings;

/// The table's name.
pub(crate) const TABLE: &str = "koeba";

/// The function's settings over the embedded services.
pub(crate) fn settings() -> DeliverySettings {
    DeliverySettings {
        table: TABLE.to_owned(),
        tenant_role_arn: TENANT_ROLE_ARN.to_owned(),
        app_origin: "https://voice.example".to_owned(),
        from_address: "no-reply@voice.example".to_owned(),
        archive_bucket: "koeba-archive".to_owned(),
        // Nobody is there; a story with browsers in it says where they are.
        live_endpoint: "http://127.0.0.1:9/live".to_owned(),
    }
}
