//! The page: every table of the bill, and where each figure is from.

use std::fmt::Write as _;

use super::bill::Bill;
use super::data::{Per, Prices, Source, Units, Use, Words};
use crate::table::Table;

/// Stands beside every price that no source was found for.
const UNVERIFIED: &str = "†";

/// Writes the page.
pub(crate) fn write(units: &Units, prices: &Prices, bill: &Bill) -> String {
    let mut page = head(units, prices, bill);
    section(&mut page, "A month · ひと月", &teams(units, prices, bill));
    section(
        &mut page,
        "Nobody there · 誰もいないとき",
        &idle(units, prices, bill),
    );
    section(&mut page, "What people do · 利用", &actions(units, bill));
    section(
        &mut page,
        "Every request · リクエストごと",
        &uses(&units.request, prices),
    );
    let text = format!(
        "{}\nTogether · 計: {} USD\n",
        uses(&units.open_hour, prices),
        figure(bill.open_hour)
    );
    section(
        &mut page,
        "An hour with the page in sight, each, besides · 1人が1時間画面を見ていると（ほかに）",
        &text,
    );
    let text = format!(
        "{}\nTogether · 計: {} USD. Each of {} comings and goings of a person in a month is told to everybody who has the page in sight then, so this grows with the square of the people in one workspace; what is told together is counted apart. · 1人あたり月{}回の入退室を、そのとき画面を見ている全員に知らせるため、1つのワークスペースの人数の2乗で増えます。まとめて送られる分も1件ずつ数えています。\n",
        uses(&units.notice, prices),
        figure(bill.notice),
        units.assumed.comings_and_goings,
        units.assumed.comings_and_goings,
    );
    section(
        &mut page,
        "Telling one page of one change · 1つの画面に1件の変化を知らせると",
        &text,
    );
    let text = format!(
        "{}\nTogether · 計: {} USD\n",
        uses(&units.attendee_hour, prices),
        figure(bill.attendee_hour)
    );
    section(
        &mut page,
        "An hour in a room, each · 1人が1時間ルームにいると",
        &text,
    );
    section(
        &mut page,
        "A person's data, a month · 1人のデータ（ひと月）",
        &uses(&units.person_month, prices),
    );
    section(&mut page, "Assumed · 仮定", &list(&units.assumed.because));
    section(
        &mut page,
        "Not in it · 含まないもの",
        &list(&units.left_out),
    );
    section(&mut page, "Prices · 単価", &sources(prices));
    page
}

fn head(units: &Units, prices: &Prices, bill: &Bill) -> String {
    let assumed = &units.assumed;
    format!(
        "\
# What a Koeba of your own costs · 自社のKoebaにかかる費用

Written by `cargo xtask cost` from [units](../infra/cost/units.json) (measured, or counted in the CDK app) and [prices](../infra/cost/prices.json) of {region}; do not edit it by hand. US dollars a month, list prices without tax, discounts or free allowances. Stage `prod`. Nothing of this was billed by AWS yet: compare it with your first bill. {UNVERIFIED} marks what rests on a price that no source was found for.

`cargo xtask cost` が、[使用量](../infra/cost/units.json)（計測値、またはCDKアプリから数えた値）と{region}の[単価](../infra/cost/prices.json)から書き出します。手で編集しないでください。米ドル／月、税・割引・無料枠を含まない定価、`prod` の構成です。AWSから実際に請求された額ではないため、最初の請求書と見比べてください。{UNVERIFIED} は出典を確認できていない単価によるものです。

- Nobody there · 誰もいないとき: **{awake} USD** (`always-on`), **{asleep} USD** (`sleep-when-empty`, asleep all month · ひと月眠ったまま)
- A person has the page in sight for {open} h and is in a room for {talk} h of each of {days} working days. · 1人が、月{days}営業日、1日に{open}時間画面を見て、{talk}時間ルームにいるとします。
",
        region = prices.region,
        awake = dollars(bill.idle_awake),
        asleep = dollars(bill.idle_asleep),
        open = assumed.open_hours_a_day,
        talk = assumed.talk_hours_a_day,
        days = assumed.working_days,
    )
}

fn teams(units: &Units, prices: &Prices, bill: &Bill) -> String {
    let mut table = Table::new(&[
        "people · 人数",
        "node · ノード",
        "standing · 固定",
        "who is where · 在室表示",
        "other requests and data · その他",
        "voice · 音声",
        "together · 計",
        "per seat · 1人あたり",
    ]);
    for (team, monthly) in units.teams.iter().zip(&bill.teams) {
        table.row([
            team.people.to_string(),
            team.node.clone(),
            dollars(monthly.standing),
            dollars(monthly.seen),
            dollars(monthly.asked),
            dollars(monthly.voice),
            format!("**{}**", dollars(monthly.total())),
            dollars(monthly.per_seat()),
        ]);
    }
    let names = prices.managed.iter().map(|service| service.name.as_str());
    let headings: Vec<&str> = ["people · 人数", "Koeba"]
        .into_iter()
        .chain(names)
        .collect();
    let mut beside = Table::new(&headings);
    for monthly in &bill.teams {
        let koeba = [monthly.people.to_string(), dollars(monthly.total())];
        let managed = monthly.managed.iter().map(|&usd| dollars(usd));
        beside.row(koeba.into_iter().chain(managed));
    }
    format!(
        "{}\nBeside it, what managed services list for carrying the same hours of voice, and only that: accounts, rooms, chat, audit, backups and the watch over them would come on top. · 参考までに、同じ時間の音声をマネージドサービスで運ぶ場合の定価です。音声の中継だけの額で、アカウント、ルーム、監査、バックアップ、監視は別にかかります。\n\n{}",
        table.render(),
        beside.render(),
    )
}

fn idle(units: &Units, prices: &Prices, bill: &Bill) -> String {
    let mut table = Table::new(&[
        "what",
        "count · 数",
        "USD",
        "price · 単価",
        "from · 出どころ",
    ]);
    for (one, &usd) in units.standing.iter().zip(&bill.standing) {
        let asleep = if one.only_awake {
            " (awake · 起動中のみ)"
        } else {
            ""
        };
        table.row([
            format!("{}{asleep}", both(&one.what)),
            one.count.to_string(),
            dollars(usd),
            named(prices, &one.price),
            format!("[{0}](../{0})", one.from),
        ]);
    }
    let sizes: Vec<String> = units
        .teams
        .iter()
        .map(|team| format!("{} = {} vCPU, {} GB", team.node, team.vcpu, team.memory_gb))
        .collect();
    format!(
        "{}\nand the node itself, by its size · ほかにノード本体（大きさによる）: {} ([cdk/lib/media.ts](../cdk/lib/media.ts)).\n",
        table.render(),
        distinct(sizes).join("; "),
    )
}

fn actions(units: &Units, bill: &Bill) -> String {
    let mut table = Table::new(&[
        "what",
        "times · 回数",
        "requests",
        "read units",
        "write units",
        "mails",
        "USD for 1000 · 1000回",
    ]);
    for (action, usd) in units.actions.iter().zip(&bill.actions) {
        table.row([
            both(&action.what),
            format!("{} {}", action.times, per(action.per)),
            format!("{}", action.requests),
            format!("{:.1}", action.read_units),
            format!("{:.1}", action.write_units),
            format!("{}", action.mails),
            figure(usd * 1e3),
        ]);
    }
    format!(
        "{}\nMeasured by `cargo xtask bench api` over the embedded store, which tells what DynamoDB would charge; mails, copies and audit rows that follow are in it. Writes are charged in {} regions. · `cargo xtask bench api` による計測値です（組み込みのDynamoDBが返す消費量で、後から続くメール、コピー、監査記録を含みます）。書き込みは{}リージョン分かかります。\n",
        table.render(),
        units.assumed.regions_written,
        units.assumed.regions_written,
    )
}

fn uses(uses: &[Use], prices: &Prices) -> String {
    let mut table = Table::new(&["what", "quantity · 量", "price · 単価", "from · 出どころ"]);
    for one in uses {
        table.row([
            both(&one.what),
            figure(one.quantity),
            named(prices, &one.price),
            both(&one.from),
        ]);
    }
    table.render()
}

fn sources(prices: &Prices) -> String {
    let mut table = Table::new(&["price · 単価", "USD", "per · 単位", "source · 出典"]);
    for price in &prices.prices {
        table.row([
            named(prices, &price.id),
            figure(price.usd),
            price.per.clone(),
            source(&price.source),
        ]);
    }
    for service in &prices.managed {
        table.row([
            service.name.clone(),
            figure(service.usd_per_attendee_minute),
            "attendee·min".to_owned(),
            source(&service.source),
        ]);
    }
    format!(
        "“Price list” is AWS's public price list of that usage type, as it was published by somebody who read it on the day named; it was not read for this page. · 「Price list」はAWSの公開料金表の該当項目で、記載の日に読んだ人が公表した値です。このページのために直接確認したものではありません。\n\n{}",
        table.render()
    )
}

fn source(source: &Source) -> String {
    match source {
        Source::Listed {
            page,
            usage_type,
            date,
        } => {
            format!("[Price list]({page}), `{usage_type}`, {date}")
        }
        Source::Page { page, date, note } => {
            let date = date.as_deref().unwrap_or("without a date · 日付なし");
            let note = note.as_ref().map(|note| format!(", {}", both(note)));
            format!("[page]({page}), {date}{}", note.unwrap_or_default())
        }
        Source::Unverified { page } => {
            format!("{UNVERIFIED} none found, look it [up]({page}) · 未確認")
        }
    }
}

/// A price's name, marked if nobody vouches for it.
fn named(prices: &Prices, id: &str) -> String {
    let unverified = prices
        .prices
        .iter()
        .any(|price| price.id == id && matches!(price.source, Source::Unverified { .. }));
    let mark = if unverified { UNVERIFIED } else { "" };
    format!("{id}{mark}")
}

fn section(page: &mut String, heading: &str, text: &str) {
    let _ = write!(page, "\n## {heading}\n\n{text}");
}

fn list(words: &[Words]) -> String {
    words
        .iter()
        .map(|one| format!("- {}\n", both(one)))
        .collect()
}

fn both(words: &Words) -> String {
    format!("{} · {}", words.en, words.ja)
}

const fn per(per: Per) -> &'static str {
    match per {
        Per::Person => "/ person · 人",
        Per::OpenHour => "/ h in sight · 表示1時間",
        Per::AttendeeHour => "/ h in a room · 在室1時間",
        Per::BusyHour => "/ busy h · 誰かがいる1時間",
    }
}

fn dollars(usd: f64) -> String {
    format!("{usd:.2}")
}

/// Without noughts that say nothing, however small.
fn figure(value: f64) -> String {
    let text = format!("{value:.10}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Each once, in the order of its first place.
fn distinct(all: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for one in all {
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_carry_no_noughts_that_say_nothing() {
        assert_eq!(figure(0.000_000_142_5), "0.0000001425");
        assert_eq!(figure(2.0), "2");
        assert_eq!(figure(1800.0), "1800");
    }

    #[test]
    fn what_nobody_vouches_for_is_said_to_be_so() {
        let told = source(&Source::Unverified {
            page: "https://example.com".to_owned(),
        });
        assert!(
            told.contains(UNVERIFIED) && told.contains("未確認"),
            "{told}"
        );
    }
}
