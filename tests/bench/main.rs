//! What the API takes, in time and in units, over the embedded store.
//!
//! Everything is in this process: the routers, the store behind its policies, the delivery of
//! mail, the media node. `cargo xtask bench api` and `cargo xtask bench flood` run it, and make
//! tables of the JSON that it prints.

mod figures;
mod flood;
mod latency;
mod timing;
mod units;
mod world;

#[tokio::main]
async fn main() {
    let what = std::env::args().nth(1).unwrap_or_default();
    let told = match what.as_str() {
        "api" => serde_json::json!({
            "routes": latency::measure().await,
            "actions": units::measure().await,
        }),
        "flood" => serde_json::json!({
            "flood": flood::measure().await,
            "timing": timing::measure().await,
        }),
        other => {
            eprintln!("measure api or flood, not {other:?}");
            std::process::exit(2);
        }
    };
    println!("{told}");
}
