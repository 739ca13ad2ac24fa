//! What the runner says when it is ready.

use serde::Serialize;

use crate::media_nodes::NodeProcess;

/// The addresses of a running Koeba; printed as one line of JSON on standard output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ready {
    /// Always true: the line is printed once everything answers.
    pub ready: bool,
    /// Where a person opens Koeba.
    pub app: String,
    /// Where its HTTP API is.
    pub api: String,
    /// Where LiveKit clients connect.
    pub media: String,
    /// Where the mail it sent can be read.
    pub mail: String,
    /// The media nodes, when they are processes of their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<NodeProcess>,
    /// The folder that keeps the data; empty when nothing is kept.
    pub data: String,
}

impl Ready {
    /// What a person should know, in English and Japanese, for standard error.
    #[must_use]
    pub fn for_people(&self, demo: bool) -> String {
        let data = if self.data.is_empty() {
            "nothing is kept: everything is gone when it stops / 停止するとすべて消えます"
                .to_owned()
        } else {
            format!(
                "{} (accounts, rooms, mail; delete it to start over / 削除すると初期化されます)",
                self.data
            )
        };
        let mut text = format!(
            "\n  Koeba (声場) is ready / 起動しました\n\n    open / 開く    {}\n    mail / メール  {}\n    data / データ  {data}\n",
            self.app, self.mail
        );
        if demo {
            text.push_str("\n  Sign in as / サインイン\n\n");
            for (name, email, role) in crate::DEMO_PEOPLE {
                text.push_str(&format!(
                    "    {email}  {}  ({name}, {role})\n",
                    crate::DEMO_PASSWORD
                ));
            }
        }
        text.push_str("\n  Stop with Ctrl-C / Ctrl-C で停止\n");
        text
    }
}
