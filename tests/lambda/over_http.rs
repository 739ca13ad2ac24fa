//! The same program, serving HTTP as it does outside Lambda.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::header::COOKIE;

use crate::gateway::{Call, Reply};

const PATIENCE: Duration = Duration::from_secs(20);

/// A function that serves HTTP.
pub(crate) struct Server {
    process: Child,
    address: String,
    client: reqwest::Client,
}

impl Server {
    pub(crate) async fn start(program: PathBuf, environment: &[(&str, String)]) -> Self {
        let address = free_address();
        let process = Command::new(program)
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (*name, value)))
            .env("KOEBA_LISTEN", &address)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("the function starts");
        let client = reqwest::Client::builder().no_proxy().build();
        let client = client.expect("an HTTP client can be made");
        let server = Self {
            process,
            address,
            client,
        };
        server.wait().await;
        server
    }

    pub(crate) async fn send(&self, call: &Call) -> Reply {
        let separator = if call.query.is_empty() { "" } else { "?" };
        let url = format!(
            "http://{}{}{separator}{}",
            self.address, call.path, call.query
        );
        let method = call.method.parse().expect("a method is a word");
        let mut request = self.client.request(method, url);
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        if !call.cookies.is_empty() {
            request = request.header(COOKIE, call.cookies.join("; "));
        }
        if let Some(body) = &call.body {
            request = request.body(body.clone());
        }
        let response = request.send().await.expect("the function answers");
        let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in response.headers() {
            let value = value.to_str().expect("our headers are text").to_owned();
            headers
                .entry(name.as_str().to_owned())
                .or_default()
                .push(value);
        }
        let status = response.status().as_u16();
        let body = response
            .bytes()
            .await
            .expect("the function answers in full")
            .to_vec();
        Reply {
            status,
            headers,
            body,
        }
    }

    async fn wait(&self) {
        let deadline = Instant::now() + PATIENCE;
        while tokio::net::TcpStream::connect(&self.address).await.is_err() {
            assert!(Instant::now() < deadline, "the function does not listen");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // If it has ended already there is nothing to stop.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An address that was free a moment ago: the program takes no socket, only an address.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener
        .local_addr()
        .expect("a listener has an address")
        .to_string()
}
