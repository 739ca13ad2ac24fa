//! What the function is told by its environment.

/// What the function is told from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliverySettings {
    /// The name of the table.
    pub table: String,
    /// The role whose sessions, tagged with a workspace, may touch that workspace's data.
    pub tenant_role_arn: String,
    /// The address of the web client, which every mail names.
    pub app_origin: String,
    /// Who the mails are from.
    pub from_address: String,
    /// The bucket in which it is kept where audit logs stood.
    pub archive_bucket: String,
    /// Where the WebSocket gateway takes what browsers are told: its management API's endpoint.
    pub live_endpoint: String,
}

/// A setting is missing.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} is not set; set it to {meaning}")]
pub struct SettingsError {
    name: &'static str,
    meaning: &'static str,
}

impl DeliverySettings {
    /// Reads the settings through `read`, which is the environment except in tests.
    ///
    /// # Errors
    /// [`SettingsError`] names the first variable that is missing.
    pub fn read(read: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let text = |name, meaning| {
            read(name)
                .filter(|value| !value.trim().is_empty())
                .ok_or(SettingsError { name, meaning })
        };
        Ok(Self {
            table: text("KOEBA_TABLE", "the name of the DynamoDB table")?,
            tenant_role_arn: text("KOEBA_TENANT_ROLE_ARN", "the ARN of the tenant role")?,
            app_origin: text(
                "KOEBA_APP_ORIGIN",
                "the origin of the web client, such as https://voice.example",
            )?,
            from_address: text("KOEBA_MAIL_FROM", "the address that mails are from")?,
            archive_bucket: text(
                "KOEBA_ARCHIVE_BUCKET",
                "the name of the S3 bucket that anchors audit logs",
            )?,
            live_endpoint: text(
                "KOEBA_LIVE_ENDPOINT",
                "the endpoint of the WebSocket API's management API, such as https://live.voice.example/live",
            )?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_setting_is_named_with_what_it_should_be() {
        let names = [
            "KOEBA_TABLE",
            "KOEBA_TENANT_ROLE_ARN",
            "KOEBA_APP_ORIGIN",
            "KOEBA_MAIL_FROM",
            "KOEBA_ARCHIVE_BUCKET",
            "KOEBA_LIVE_ENDPOINT",
        ];
        for missing in names {
            let read = |name: &str| (name != missing).then(|| "something".to_owned());
            let error = DeliverySettings::read(read).expect_err("one is missing");
            assert!(
                error
                    .to_string()
                    .starts_with(&format!("{missing} is not set; set it to "))
            );
        }
        assert!(DeliverySettings::read(|_| Some("something".to_owned())).is_ok());
    }
}
