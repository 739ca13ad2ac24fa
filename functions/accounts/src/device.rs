//! What a browser is called in the list of devices.

use http::HeaderMap;
use http::header::USER_AGENT;
use koeba_domain::DeviceName;

/// What the header says, for each browser and system that people know by name; the first that
/// fits counts, so those that pretend to be another one stand before it.
const BROWSERS: [(&str, &str); 5] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 6] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// The name, such as `Firefox, Windows`, made of our own words only: nothing that a client sends
/// is repeated.
pub(crate) fn name(headers: &HeaderMap) -> DeviceName {
    let agent = headers
        .get(USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default();
    let found = |names: &[(&str, &'static str)]| {
        names
            .iter()
            .find(|(sign, _)| agent.contains(sign))
            .map(|(_, name)| *name)
    };
    let name = match (found(&BROWSERS), found(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "?".to_owned(),
    };
    DeviceName::new(&name).expect("our own words are a line")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_called_by_browser_and_system() {
        for (agent, expected) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0",
                "Edge, Windows",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
                "Firefox, Linux",
            ),
            ("curl/8.0\u{7f}", "?"),
            ("", "?"),
        ] {
            let mut headers = HeaderMap::new();
            if let Ok(value) = agent.parse() {
                headers.insert(USER_AGENT, value);
            }
            assert_eq!(name(&headers).as_str(), expected);
        }
    }
}
