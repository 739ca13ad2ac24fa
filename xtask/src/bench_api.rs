//! What the API takes, in time and in units, and whether a flood of sign-ins slows it down.

use serde::Deserialize;

use crate::binaries;
use crate::command::Command;
use crate::failure::Failure;
use crate::table::Table;

/// Dollars for each million in Tokyo, on demand, in one region.
const READ_UNITS: f64 = 0.1425;
const WRITE_UNITS: f64 = 0.715;
const REQUESTS: f64 = 1.29;
const MAILS: f64 = 100.0;
/// Dollars for a function of 256 MB: for a million calls, and for a second.
const CALLS: f64 = 0.20;
const SECOND: f64 = 0.25 * 0.000_013_333_4;
/// How long a call is taken to last, in seconds.
const CALL_SECONDS: f64 = 0.02;
/// People.
const PEOPLE: f64 = 1_000.0;

#[derive(Deserialize)]
struct Api {
    routes: Vec<Route>,
    actions: Vec<Action>,
}

#[derive(Deserialize)]
struct Route {
    name: String,
    p50_ms: f64,
    p99_ms: f64,
}

#[derive(Deserialize)]
struct Action {
    name: String,
    per_month: f64,
    requests: f64,
    read_units: f64,
    write_units: f64,
    mails: f64,
}

#[derive(Deserialize)]
struct Flooded {
    flood: Flood,
    timing: Vec<Timing>,
}

#[derive(Deserialize)]
struct Flood {
    flooders: u32,
    calm_p50_ms: f64,
    calm_p99_ms: f64,
    flooded_p50_ms: f64,
    flooded_p99_ms: f64,
    hashed_per_s: f64,
    turned_away_per_s: f64,
}

#[derive(Deserialize)]
struct Timing {
    name: String,
    times: u32,
    known_p50_ms: f64,
    unknown_p50_ms: f64,
    p: f64,
}

/// Measures routes and actions, and prints a table of each.
pub(crate) fn run_api() -> Result<(), Failure> {
    let told: Api = measured("api")?;
    let mut routes = Table::new(&["route, warm", "p50, ms", "p99, ms"]);
    for route in told.routes {
        routes.row([route.name, two(route.p50_ms), two(route.p99_ms)]);
    }
    println!("{}", routes.render());
    let mut actions = Table::new(&[
        "what somebody does",
        "requests",
        "read units",
        "write units",
        "mails",
        "times a month",
        "USD a month for 1000 people",
    ]);
    let mut all = 0.0;
    for action in &told.actions {
        let dollars = action.dollars() * action.per_month * PEOPLE;
        all += dollars;
        actions.row([
            action.name.clone(),
            format!("{}", action.requests),
            format!("{:.1}", action.read_units),
            format!("{:.1}", action.write_units),
            format!("{}", action.mails),
            format!("{}", action.per_month),
            two(dollars),
        ]);
    }
    let nothing = String::new;
    actions.row([
        "all".to_owned(),
        nothing(),
        nothing(),
        nothing(),
        nothing(),
        nothing(),
        two(all),
    ]);
    println!("{}", actions.render());
    println!("{}", notes());
    Ok(())
}

/// Measures the flood and the timing of answers, and prints a table of each.
pub(crate) fn run_flood() -> Result<(), Failure> {
    let Flooded { flood, timing } = measured("flood")?;
    let mut table = Table::new(&[
        "list the rooms",
        "p50, ms",
        "p99, ms",
        "hashed/s",
        "turned away/s",
    ]);
    table.row([
        "alone".to_owned(),
        two(flood.calm_p50_ms),
        two(flood.calm_p99_ms),
        "0".to_owned(),
        "0".to_owned(),
    ]);
    table.row([
        format!("while {} guess passwords", flood.flooders),
        two(flood.flooded_p50_ms),
        two(flood.flooded_p99_ms),
        format!("{:.0}", flood.hashed_per_s),
        format!("{:.0}", flood.turned_away_per_s),
    ]);
    table.row([
        "ratio".to_owned(),
        two(flood.flooded_p50_ms / flood.calm_p50_ms),
        two(flood.flooded_p99_ms / flood.calm_p99_ms),
    ]);
    println!("{}", table.render());
    let mut table = Table::new(&[
        "asked for in turns",
        "times each",
        "with an account p50, ms",
        "without p50, ms",
        "p by chance (Mann-Whitney)",
    ]);
    for one in timing {
        table.row([
            one.name,
            one.times.to_string(),
            two(one.known_p50_ms),
            two(one.unknown_p50_ms),
            two(one.p),
        ]);
    }
    println!("{}", table.render());
    Ok(())
}

impl Action {
    /// What doing it once costs.
    fn dollars(&self) -> f64 {
        let for_a_million = self.read_units * READ_UNITS
            + self.write_units * WRITE_UNITS
            + self.requests * (REQUESTS + CALLS)
            + self.mails * MAILS;
        for_a_million / 1e6 + self.requests * CALL_SECONDS * SECOND
    }
}

fn notes() -> String {
    format!(
        "Prices, Tokyo, on demand, one region, from memory of the list: {READ_UNITS} USD for a \
         million read units, {WRITE_UNITS} for a million write units, {REQUESTS} for a million \
         requests of the HTTP API, {CALLS} for a million calls of a function of 256 MB that takes \
         {} ms, {} for a thousand mails. The times a month are assumed: 22 working days, the app \
         opened twice a day, three rooms entered. Not in it: what a media node reports and costs, \
         storage, logs, data out.",
        CALL_SECONDS * 1e3,
        MAILS / 1e3,
    )
}

fn measured<T: serde::de::DeserializeOwned>(what: &str) -> Result<T, Failure> {
    Command::cargo()
        .args(["build", "--release", "--package", "koeba-tests"])
        .args(["--example", "bench"])
        .run()?;
    let told = Command::new(binaries::of_profile("release/examples", "bench"))
        .args([what])
        .output()?;
    serde_json::from_str(&told)
        .map_err(|error| Failure::because("the measurement cannot be read", error))
}

fn two(value: f64) -> String {
    format!("{value:.2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_costs_what_its_parts_cost() {
        let nothing = Action {
            name: String::new(),
            per_month: 1.0,
            requests: 0.0,
            read_units: 0.0,
            write_units: 0.0,
            mails: 0.0,
        };
        assert!(nothing.dollars().abs() < f64::EPSILON);
        let mail = Action {
            mails: 1.0,
            ..nothing
        };
        assert!((mail.dollars() - 0.0001).abs() < 1e-12);
    }
}
