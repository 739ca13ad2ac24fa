//! The doctor in front of a whole Koeba, and of one that has lost its media node.

use clap::Parser as _;
use koeba_doctor::{Check, Cloud, Entry, Examination, Language, Options, Report, Verdict, render};
use koeba_tests::{Koeba, Visitor};
use serde_json::json;

/// The password of every visitor.
const PASSWORD: &str = "a long way to the harbour";

#[tokio::test]
async fn a_whole_koeba_is_well_and_what_a_laptop_has_not_is_said_to_be_not_here() {
    let ward = Ward::open().await;
    let report = ward.examine().await;
    let table = render(&report, Language::En);
    assert!(report.well, "{table}");
    for check in [
        Check::SignIn,
        Check::Call,
        Check::Live,
        Check::ForeignWorkspace,
    ] {
        assert_eq!(verdicts(&report, check), [Verdict::Well], "{table}");
    }
    for check in [Check::Backups, Check::Alarms] {
        assert_eq!(verdicts(&report, check), [Verdict::NotHere; 2], "{table}");
    }
    assert!(table.ends_with("All is well.\n"), "{table}");
    assert!(!table.contains(PASSWORD), "{table}");
    // The workspace that was tried is one that there is, and that the caller is no member of.
    let tried = &finding(&report, Check::ForeignWorkspace).place;
    assert_eq!(*tried, ward.foreign, "{table}");
    ward.koeba.stop().await;
}

#[tokio::test]
async fn without_a_node_the_call_is_ill_in_words_that_say_what_to_do() {
    let mut ward = Ward::open().await;
    ward.koeba.stop_node().await;
    let report = ward.examine().await;
    let (english, japanese) = (render(&report, Language::En), render(&report, Language::Ja));
    assert!(!report.well, "{english}");
    assert_eq!(
        verdicts(&report, Check::SignIn),
        [Verdict::Well],
        "{english}"
    );
    assert_eq!(verdicts(&report, Check::Call), [Verdict::Ill], "{english}");
    assert_eq!(verdicts(&report, Check::Live), [Verdict::Ill], "{english}");
    for word in [
        "The page was let in at /live and told of nobody",
        "See whether the media node runs",
        "infra/runbooks/voice-does-not-get-through.md",
    ] {
        assert!(english.contains(word), "{english}");
    }
    assert!(
        japanese.contains("メディアノードが起動しているか確認してください"),
        "{japanese}"
    );
    assert!(english.ends_with("2 things need somebody.\n"), "{english}");
    ward.koeba.stop().await;
}

#[tokio::test]
async fn a_wrong_password_is_told_without_repeating_it_and_the_rest_is_not_guessed() {
    let ward = Ward::open().await;
    let report = ward.examine_with("not the password").await;
    let table = render(&report, Language::En);
    assert_eq!(verdicts(&report, Check::SignIn), [Verdict::Ill], "{table}");
    assert_eq!(verdicts(&report, Check::Call), [Verdict::Ill], "{table}");
    assert!(
        table.contains("the password of") && !table.contains("not the password"),
        "{table}"
    );
    ward.koeba.stop().await;
}

/// A Koeba with a team of three: an owner, who needs a second step, and two members; one of these
/// belongs to another workspace too.
struct Ward {
    koeba: Koeba,
    aiko: Visitor,
    bo: Visitor,
    foreign: String,
}

impl Ward {
    async fn open() -> Self {
        let koeba = Koeba::start().await;
        let owner = Visitor::signed_up(koeba.app(), "Owner").await;
        let aiko = Visitor::signed_up(koeba.app(), "Aiko").await;
        let bo = Visitor::signed_up(koeba.app(), "Bo").await;
        let team = owner.create_workspace("Team").await;
        let foreign = owner.create_workspace("Other").await;
        owner.invite(&team, &aiko.email, "member").await;
        aiko.accept_invitation().await;
        owner.invite(&team, &bo.email, "member").await;
        bo.accept_invitation().await;
        owner.invite(&foreign, &bo.email, "member").await;
        bo.accept_invitation_after(1).await;
        owner.create_room(&team, "Lobby").await;
        Self {
            koeba,
            aiko,
            bo,
            foreign,
        }
    }

    async fn examine(&self) -> Report {
        self.examine_with(PASSWORD).await
    }

    async fn examine_with(&self, password: &str) -> Report {
        let options = Options::parse_from(["koeba-doctor", self.koeba.app()]);
        let secrets = json!({
            "email": self.aiko.email, "password": password,
            "other_email": self.bo.email, "other_password": PASSWORD,
        });
        let entry = Entry::of_stdin(&secrets.to_string(), None).expect("two accounts");
        // Nothing of AWS is asked for on one machine: there is no such program.
        let cloud = Cloud::new("there-is-no-such-program");
        Examination::new(options, entry, cloud).examine().await
    }
}

fn finding(report: &Report, check: Check) -> &koeba_doctor::Finding {
    let mut findings = report.findings.iter();
    let found = findings.find(|finding| finding.check == check);
    found.expect("everything is looked at")
}

fn verdicts(report: &Report, check: Check) -> Vec<Verdict> {
    let findings = report.findings.iter();
    let of_check = findings.filter(|finding| finding.check == check);
    of_check.map(|finding| finding.verdict).collect()
}
