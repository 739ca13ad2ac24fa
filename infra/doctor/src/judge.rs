//! Whether what was seen is well. Knows no network and no clock.

use koeba_load::{CallReport, LoadError};

use crate::cloud::{Alarm, Silence};
use crate::finding::{Verdict, Words};
use crate::live::Untold;
use crate::tls::{Handshakes, Trust};

/// Below so many days somebody has to look why a certificate was not renewed: ACM does it 60 days
/// before the end.
const DAYS_LEFT: i64 = 21;
/// Above this age the newest backup is late: it is taken at three in the morning, within 13 hours.
const BACKUP_HOURS: i64 = 38;
/// At least so many of a hundred packets of voice must be heard.
const HEARD_PERCENT: u64 = 95;

/// How something is, and what there is to say of it.
pub(crate) type Judgement = (Verdict, Words);

fn well(ja: impl Into<String>, en: impl Into<String>) -> Judgement {
    (Verdict::Well, Words::new(ja, en))
}

fn ill(ja: impl Into<String>, en: impl Into<String>) -> Judgement {
    (Verdict::Ill, Words::new(ja, en))
}

/// What there is none of where everything runs on one machine.
pub(crate) fn not_here() -> Judgement {
    let words = Words::new(
        "手元のKoebaにはありません",
        "Not here: this Koeba runs on one machine",
    );
    (Verdict::NotHere, words)
}

/// What was not asked for.
pub(crate) fn not_asked(ja: &str, en: &str) -> Judgement {
    (Verdict::NotHere, Words::new(ja, en))
}

/// What could not be looked at, since something before it did not work.
pub(crate) fn not_reached() -> Judgement {
    ill(
        "前の項目が失敗したため確認できませんでした",
        "Could not be looked at, since something above did not work",
    )
}

/// A call.
pub(crate) fn call(outcome: &Result<CallReport, LoadError>, media: &str) -> Judgement {
    let report = match outcome {
        Ok(report) => report,
        Err(error) => return no_call(error, media),
    };
    let (sent, heard) = (report.sent, report.heard);
    let ready = report.ready.as_secs_f64();
    let delay = report.median_delay.as_secs_f64() * 1e3;
    let ja = format!(
        "{sent}パケット中{heard}が届きました（{ready:.1}秒で接続、遅延の中央値{delay:.1} ms）"
    );
    let en = format!(
        "{heard} of {sent} packets of voice were heard (connected in {ready:.1} s, median delay {delay:.1} ms)"
    );
    if sent > 0 && heard * 100 >= sent * HEARD_PERCENT {
        well(ja, en)
    } else {
        ill(
            format!("{ja}。経路で失われています。infra/runbooks/voice-does-not-get-through.md"),
            format!(
                "{en}: voice is lost on its way. See infra/runbooks/voice-does-not-get-through.md"
            ),
        )
    }
}

/// Whether a page was told of those who called.
pub(crate) fn live(told: Result<(), Untold>) -> Judgement {
    match told {
        Ok(()) => well(
            "試験通話の入室が、開いているページに届きました",
            "A page was told of the test call as it happened",
        ),
        Err(Untold::Unreachable) => ill(
            "/live が応答しません。WebSocket APIとCloudFrontの設定を確認してください。infra/runbooks/live-fails.md",
            "Nobody answers at /live. See the WebSocket API and CloudFront: infra/runbooks/live-fails.md",
        ),
        Err(Untold::Refused(status)) => ill(
            format!(
                "/live への接続に{status}が返りました。関数liveのログを確認してください。infra/runbooks/live-fails.md"
            ),
            format!(
                "The page was refused at /live with {status}. See the log of the function live: infra/runbooks/live-fails.md"
            ),
        ),
        Err(Untold::Nothing) => ill(
            "/live には接続できましたが、入室が届きません。関数eventsと、そのキューに残った要求を確認してください。infra/runbooks/mail-late.md",
            "The page was let in at /live and told of nobody. See the function events and what has piled up before it: infra/runbooks/mail-late.md",
        ),
    }
}

fn no_call(error: &LoadError, media: &str) -> Judgement {
    match error {
        LoadError::Socket(_) => ill(
            format!(
                "{media} が応答しません。メディアノードが起動しているか確認してください（sleep-when-emptyなら起動中かもしれません。2分後にもう一度）。infra/runbooks/voice-does-not-get-through.md"
            ),
            format!(
                "Nobody answers at {media}. See whether the media node runs (one that slept is waking now: try again in two minutes): infra/runbooks/voice-does-not-get-through.md"
            ),
        ),
        LoadError::NotReady { .. } | LoadError::Lost => ill(
            "入室はできましたが音声が通りません。UDP 3478番またはTCP 7881番がここから通れるか、KOEBA_ANNOUNCE_IPがロードバランサーのアドレスかを確認してください",
            "The room was entered, but no media came through. See whether UDP port 3478, or TCP port 7881, is open from here, and whether KOEBA_ANNOUNCE_IP is the load balancer's address",
        ),
        LoadError::NotLetIn | LoadError::WebSocket(_) | LoadError::ToldToLeave(_) => ill(
            format!(
                "{media} に入室を拒まれました。関数とノードのトークンの鍵（koeba/token-secret）が同じか、トークンの期限、許可ネットワークを確認してください"
            ),
            format!(
                "{media} did not let the callers in. See whether functions and node have the same token key (koeba/token-secret), whether the token is still good, and which networks are allowed"
            ),
        ),
        error => ill(
            format!("通話できませんでした: {error}"),
            format!("The call did not come about: {error}"),
        ),
    }
}

/// An address that is spoken to.
pub(crate) fn tls(seen: &Handshakes) -> Judgement {
    let days = match &seen.modern {
        Ok(days) => *days,
        Err(Trust::Unreachable) => {
            return ill(
                "接続できません。DNSとファイアウォールを確認してください",
                "Nobody answers. See DNS and firewalls",
            );
        }
        Err(Trust::Refused(why)) => {
            return ill(
                format!("TLS 1.3で接続できません（{why}）。証明書とTLSポリシーを確認してください"),
                format!(
                    "No connection over TLS 1.3 ({why}). See the certificate and the TLS policy"
                ),
            );
        }
    };
    if seen.older {
        return ill(
            "TLS 1.2も受け入れています。TLSポリシーを1.3のみに戻してください",
            "It takes TLS 1.2 too. Put the TLS policy back to 1.3 only",
        );
    }
    if days < DAYS_LEFT {
        return ill(
            format!("証明書の残りは{days}日です。ACMの更新とDNSの検証レコードを確認してください"),
            format!(
                "The certificate ends in {days} days. See its renewal in ACM and the DNS record that proves the name"
            ),
        );
    }
    well(
        format!("TLS 1.3のみ。証明書の残りは{days}日"),
        format!("TLS 1.3 only; the certificate is good for {days} more days"),
    )
}

/// An address without TLS that is not on this machine.
pub(crate) fn in_the_clear() -> Judgement {
    ill(
        "暗号化されていません。httpsとwssだけを公開してください",
        "Not encrypted. Open nothing but https and wss",
    )
}

/// The answer to a read of somebody else's workspace. `real` if there is such a workspace.
pub(crate) fn foreign(status: u16, real: bool) -> Judgement {
    let (ja, en) = if real {
        ("", "somebody else's workspace")
    } else {
        (
            "存在しないIDの",
            "a workspace that does not exist (neither account has one of its own)",
        )
    };
    match status {
        404 => well(
            format!("{ja}他ワークスペースの読み取りは404で拒まれました"),
            format!("Reading {en} is refused: 404"),
        ),
        other => ill(
            format!(
                "{ja}他ワークスペースの読み取りに{other}が返りました（404のはずです）。すぐに公開を止めて調べてください"
            ),
            format!(
                "Reading {en} was answered {other} instead of 404. Take Koeba off the network and look why"
            ),
        ),
    }
}

/// The answer of the API's own end, which people never speak to.
pub(crate) fn around(status: Option<u16>) -> Judgement {
    match status {
        Some(403) => well(
            "CloudFrontを通らない要求は403で拒まれました",
            "What comes around CloudFront is refused: 403",
        ),
        None => ill(
            "応答がありません。origin.<domain>のDNSレコードを確認してください",
            "Nobody answers. See the DNS record of origin.<domain>",
        ),
        Some(status) => ill(
            format!(
                "CloudFrontを通らない要求に{status}が返りました（403のはずです）。KOEBA_ORIGIN_SECRETを確認してください"
            ),
            format!(
                "What comes around CloudFront was answered {status} instead of 403. See KOEBA_ORIGIN_SECRET of the functions"
            ),
        ),
    }
}

/// The newest backup of a vault, in seconds since 1970.
pub(crate) fn backups(newest: &Result<Option<i64>, Silence>, now: i64) -> Judgement {
    match newest {
        Err(silence) => silent(silence),
        Ok(None) => ill(
            "完了したバックアップがありません。infra/runbooks/backup-failed.md（初日なら翌朝3時のあとに）",
            "There is no complete backup: infra/runbooks/backup-failed.md (on the first day, wait for three in the morning)",
        ),
        Ok(Some(made)) => {
            let hours = (now - made).max(0) / 3600;
            if hours > BACKUP_HOURS {
                ill(
                    format!(
                        "最新のバックアップが{hours}時間前です。infra/runbooks/backup-failed.md"
                    ),
                    format!(
                        "The newest backup is {hours} hours old: infra/runbooks/backup-failed.md"
                    ),
                )
            } else {
                well(
                    format!("最新のバックアップは{hours}時間前"),
                    format!("The newest backup is {hours} hours old"),
                )
            }
        }
    }
}

/// Alarms that only wake the node and let it sleep: they are raised day and night.
const SLEEP: [&str; 2] = [
    "koeba-media-somebody-is-there",
    "koeba-media-nobody-is-there",
];

/// The alarms of a region.
pub(crate) fn alarms(alarms: &Result<Vec<Alarm>, Silence>) -> Judgement {
    let all = match alarms {
        Err(silence) => return silent(silence),
        Ok(all) => all,
    };
    let watched: Vec<&Alarm> = all
        .iter()
        .filter(|alarm| !SLEEP.contains(&alarm.name.as_str()))
        .collect();
    if watched.is_empty() {
        return ill(
            "アラームが1つもありません。スタックがデプロイされているか確認してください",
            "There are no alarms at all. See whether the stacks are deployed",
        );
    }
    let raised: Vec<&str> = watched
        .iter()
        .filter(|alarm| alarm.state == "ALARM")
        .map(|alarm| alarm.name.as_str())
        .collect();
    let count = watched.len();
    if raised.is_empty() {
        well(
            format!("{count}件、発報なし"),
            format!("{count} alarms, none raised"),
        )
    } else {
        let names = raised.join(", ");
        ill(
            format!("発報中: {names}。各アラームの説明にあるinfra/runbooksの手順へ"),
            format!("Raised: {names}. Each names its page of infra/runbooks in its description"),
        )
    }
}

fn silent(silence: &Silence) -> Judgement {
    match silence {
        Silence::NoTool => ill(
            "AWS CLI（aws）がありません。入れるか、--without-awsを付けてください",
            "There is no AWS CLI (aws). Install it, or say --without-aws",
        ),
        Silence::Refused(why) => ill(
            format!("AWSに確認できませんでした: {why}"),
            format!("AWS did not tell: {why}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::time::Duration;

    use super::*;

    const MEDIA: &str = "wss://media.voice.example.com";

    fn verdict((verdict, _): Judgement) -> Verdict {
        verdict
    }

    #[test]
    fn a_call_is_well_when_nearly_all_of_it_is_heard() {
        let report = |sent, heard| {
            Ok(CallReport {
                ready: Duration::from_millis(300),
                sent,
                heard,
                median_delay: Duration::from_millis(1),
            })
        };
        assert_eq!(verdict(call(&report(100, 95), MEDIA)), Verdict::Well);
        assert_eq!(verdict(call(&report(100, 94), MEDIA)), Verdict::Ill);
        assert_eq!(verdict(call(&report(0, 0), MEDIA)), Verdict::Ill);
    }

    #[test]
    fn each_way_in_which_a_call_fails_says_what_to_look_at() {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        for (error, look) in [
            (LoadError::Socket(refused), "whether the media node runs"),
            (
                LoadError::NotReady {
                    ready: 0,
                    clients: 2,
                },
                "UDP port 3478",
            ),
            (LoadError::NotLetIn, "token key"),
        ] {
            let (verdict, words) = call(&Err(error), MEDIA);
            assert_eq!(verdict, Verdict::Ill);
            assert!(words.en.contains(look), "{}", words.en);
            assert!(!words.ja.is_ascii());
        }
    }

    #[test]
    fn an_address_is_well_with_tls_13_alone_and_weeks_left() {
        let seen = |days, older| Handshakes {
            modern: Ok(days),
            older,
        };
        assert_eq!(verdict(tls(&seen(90, false))), Verdict::Well);
        assert_eq!(verdict(tls(&seen(90, true))), Verdict::Ill);
        assert_eq!(verdict(tls(&seen(20, false))), Verdict::Ill);
        let expired = Trust::Refused("certificate expired".to_owned());
        let (verdict, words) = tls(&Handshakes {
            modern: Err(expired),
            older: false,
        });
        assert_eq!(verdict, Verdict::Ill);
        assert!(words.en.contains("expired"));
    }

    #[test]
    fn anything_but_404_for_a_foreign_workspace_is_ill() {
        assert_eq!(verdict(foreign(404, true)), Verdict::Well);
        for status in [200, 401, 403, 500] {
            assert_eq!(verdict(foreign(status, true)), Verdict::Ill, "{status}");
        }
        assert_eq!(verdict(around(Some(403))), Verdict::Well);
        assert_eq!(verdict(around(Some(200))), Verdict::Ill);
        assert_eq!(verdict(around(None)), Verdict::Ill);
    }

    #[test]
    fn a_backup_of_the_night_before_last_is_late() {
        let now = 1_000 * 3600;
        let made = |hours: i64| Ok(Some(now - hours * 3600));
        assert_eq!(verdict(backups(&made(38), now)), Verdict::Well);
        assert_eq!(verdict(backups(&made(39), now)), Verdict::Ill);
        assert_eq!(verdict(backups(&Ok(None), now)), Verdict::Ill);
        assert_eq!(verdict(backups(&Err(Silence::NoTool), now)), Verdict::Ill);
    }

    #[test]
    fn a_raised_alarm_is_named_and_the_nodes_sleep_is_none() {
        let alarm = |name: &str, state: &str| Alarm {
            name: name.to_owned(),
            state: state.to_owned(),
        };
        let quiet = alarm("koeba-api-fails", "OK");
        let asleep = alarm("koeba-media-nobody-is-there", "ALARM");
        assert_eq!(
            verdict(alarms(&Ok(vec![quiet, asleep.clone()]))),
            Verdict::Well
        );
        let (raised, words) = alarms(&Ok(vec![alarm("koeba-api-fails", "ALARM")]));
        assert_eq!(raised, Verdict::Ill);
        assert!(words.en.contains("koeba-api-fails") && words.ja.contains("koeba-api-fails"));
        assert_eq!(verdict(alarms(&Ok(vec![asleep]))), Verdict::Ill);
    }
}
