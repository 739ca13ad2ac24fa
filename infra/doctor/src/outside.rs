//! The API's own end, asked without CloudFront.

use std::time::Duration;

use reqwest::Client;

/// What `origin.<domain>` answers somebody who does not come through CloudFront.
pub(crate) async fn ask(domain: &str) -> Option<u16> {
    let client = Client::builder()
        .timeout(Duration::from_secs(10))
        .build()
        .expect("a client without files or proxies can be built");
    let answer = client
        .get(format!("https://origin.{domain}/api/health"))
        .send()
        .await;
    answer.ok().map(|answer| answer.status().as_u16())
}
