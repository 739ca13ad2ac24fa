//! The command as it is typed: what it refuses, and what it never prints.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

/// A port on which nobody answers: the discard service, which nobody has run for decades.
const NOBODY: &str = "http://127.0.0.1:9";
const SECRETS: [(&str, &str); 4] = [
    ("KOEBA_DOCTOR_EMAIL", "one@example.test"),
    ("KOEBA_DOCTOR_PASSWORD", "hunter2hunter2"),
    ("KOEBA_DOCTOR_OTHER_EMAIL", "two@example.test"),
    ("KOEBA_DOCTOR_OTHER_PASSWORD", "swordfish99"),
];

fn doctor(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_koeba-doctor"));
    command.args(arguments).env_clear();
    command
}

fn text(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8(both).expect("it writes text")
}

#[test]
fn without_accounts_or_tokens_it_says_what_to_give_and_ends_with_2() {
    let output = doctor(&[NOBODY]).output().expect("it starts");
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output);
    assert!(said.contains("KOEBA_DOCTOR_EMAIL is missing"), "{said}");
    assert!(said.contains("環境変数"), "{said}");
}

#[test]
fn an_address_that_is_none_ends_with_2() {
    for address in ["voice.example.com", "wss://voice.example.com"] {
        let output = doctor(&[address]).output().expect("it starts");
        assert_eq!(output.status.code(), Some(2), "{address}");
        assert!(text(&output).contains("https://voice.example.com"));
    }
}

#[test]
fn nobody_who_answers_is_ill_and_ends_with_1_in_the_language_asked_for() {
    for (arguments, word) in [
        (
            vec![NOBODY, "--lang", "en"],
            "Nobody answers at http://127.0.0.1:9",
        ),
        (
            vec![NOBODY, "--lang", "ja"],
            "http://127.0.0.1:9 が応答しません",
        ),
    ] {
        let output = doctor(&arguments)
            .envs(SECRETS)
            .output()
            .expect("it starts");
        let said = text(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(word), "{said}");
        assert!(
            !said.contains("hunter2") && !said.contains("swordfish"),
            "{said}"
        );
    }
}

#[test]
fn json_is_for_programs_and_secrets_may_come_on_standard_input() {
    let mut child = doctor(&[NOBODY, "--json", "--stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let secrets = serde_json::json!({
        "email": "one@example.test", "password": "hunter2hunter2",
        "other_email": "two@example.test", "other_password": "swordfish99",
    });
    let mut stdin = child.stdin.take().expect("it reads");
    stdin
        .write_all(secrets.to_string().as_bytes())
        .expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(told["well"], false);
    assert_eq!(told["findings"][0]["check"], "sign-in");
    assert_eq!(told["findings"][0]["verdict"], "ill");
    assert!(!text(&output).contains("hunter2"));
}
