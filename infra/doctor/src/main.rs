//! The `koeba-doctor` command.

use std::io::Read as _;
use std::process::ExitCode;

use clap::Parser as _;
use koeba_doctor::{Cloud, Entry, Examination, Language, Options, OptionsError, render};

/// The exit code for what the person who typed the command can mend.
const MENDABLE: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let entry = match entry(&options) {
        Ok(entry) => entry,
        Err(error) => {
            eprintln!("koeba-doctor: {error}");
            return ExitCode::from(MENDABLE);
        }
    };
    let language = options
        .lang
        .unwrap_or_else(|| Language::of_environment(variable));
    let json = options.json;
    let report = Examination::new(options, entry, Cloud::new("aws"))
        .examine()
        .await;
    if json {
        let text = serde_json::to_string_pretty(&report).expect("a report is JSON");
        println!("{text}");
    } else {
        print!("{}", render(&report, language));
    }
    if report.well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn entry(options: &Options) -> Result<Entry, OptionsError> {
    let media = options.media.clone();
    if !options.stdin {
        return Entry::of_environment(variable, media);
    }
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|_| OptionsError::Stdin)?;
    Entry::of_stdin(&text, media)
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
