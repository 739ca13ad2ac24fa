//! The mails that the function owes.

use serde_json::Value;

use crate::App;

/// A mail that was written down to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwedMail {
    /// To whom.
    pub to: String,
    /// Which, such as `sign_up_token` or `password_changed`.
    pub template: String,
    /// What fills it, as the store has it.
    params: Value,
}

impl OwedMail {
    /// One of the texts that fill it; empty when there is none of that name.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.params[name]["S"].as_str().unwrap_or_default()
    }

    fn of_record(record: &Value) -> Option<Self> {
        let image = (record["eventName"] == "INSERT").then(|| &record["dynamodb"]["NewImage"])?;
        let mut template = image["template"]["S"].as_str()?.to_owned();
        let mut params = &image["params"]["M"];
        // A notice says which it is one level deeper.
        if let Some(kind) = params["kind"]["S"].as_str() {
            template = kind.to_owned();
            params = &params["of"]["M"];
        }
        Some(Self {
            to: image["to"]["S"].as_str()?.to_owned(),
            template,
            params: params.clone(),
        })
    }
}

impl App {
    /// Every mail that was ever owed, oldest first.
    #[must_use]
    pub fn mails(&self) -> Vec<OwedMail> {
        let event = self.emulator().stream_event("koeba");
        let event = serde_json::to_value(event.expect("the stream can be read")).expect("JSON");
        let records = event["Records"].as_array().expect("records");
        records.iter().filter_map(OwedMail::of_record).collect()
    }

    /// The templates of the mails that an address was ever owed, oldest first.
    #[must_use]
    pub fn mails_to(&self, email: &str) -> Vec<String> {
        let mails = self.mails().into_iter();
        mails
            .filter(|mail| mail.to == email)
            .map(|mail| mail.template)
            .collect()
    }

    /// The newest mail of a template that an address is owed.
    #[must_use]
    pub fn mail_to(&self, email: &str, template: &str) -> OwedMail {
        let mut mails = self.mails().into_iter().rev();
        let mail = mails.find(|mail| mail.to == email && mail.template == template);
        mail.expect("a mail is owed")
    }

    /// The newest token that an address is owed.
    #[must_use]
    pub fn mailed_token(&self, email: &str) -> String {
        let mut mails = self.mails().into_iter().rev();
        let mail = mails.find(|mail| mail.to == email && !mail.text("token").is_empty());
        mail.expect("a mail is owed").text("token").to_owned()
    }
}
