//! One examination: what is looked at, in which order, and what is left out where.

use koeba_load::Ticket;
use time::OffsetDateTime;
use url::{Host, Url};

use crate::cloud::{Cloud, REGIONS};
use crate::finding::{Check, Finding, Report, Verdict, Words};
use crate::judge::{self, Judgement};
use crate::options::{Account, Entry, Options};
use crate::visitor::{Room, Visitor};
use crate::{call, outside, tls};

/// A workspace that is nobody's: as an identifier is written, and made by nobody.
const NOBODYS: &str = "ws_00000000000000000000000000";

/// Examines one Koeba.
pub struct Examination {
    options: Options,
    entry: Entry,
    cloud: Cloud,
    findings: Vec<Finding>,
}

/// Two members who have come in, and where they are.
struct Pair {
    talker: Visitor,
    listener: Visitor,
    workspace: String,
    /// A workspace of the one that the other is no member of.
    foreign: Option<String>,
}

impl Examination {
    /// Of what the options name, with what lets the callers in.
    #[must_use]
    pub fn new(options: Options, entry: Entry, cloud: Cloud) -> Self {
        Self {
            options,
            entry,
            cloud,
            findings: Vec::new(),
        }
    }

    /// Looks at everything. Nothing is changed but that two people are in an empty room for some
    /// seconds, and that their sessions begin and end.
    pub async fn examine(mut self) -> Report {
        let media = match self.entry.clone() {
            Entry::Accounts(accounts) => self.with_accounts(&accounts).await,
            Entry::Tokens { media, tokens } => {
                let without = "アカウントが渡されていません";
                let asked = judge::not_asked(without, "No accounts were given");
                self.note(Check::SignIn, String::new(), asked.clone());
                let tickets = tokens.map(|token| Ticket {
                    url: media.clone(),
                    token: token.reveal().to_owned(),
                });
                self.call(media.clone(), tickets).await;
                self.note(Check::Live, String::new(), asked.clone());
                self.note(Check::ForeignWorkspace, String::new(), asked);
                Some(media)
            }
        };
        self.addresses(media).await;
        self.cloud().await;
        Report::of(self.findings)
    }

    /// Answers where the media node is, if anybody said.
    async fn with_accounts(&mut self, accounts: &[Account; 2]) -> Option<String> {
        let app = self.options.app.clone();
        let place = app.origin().ascii_serialization();
        let app_origin = place.clone();
        let pair = match pair(&app, accounts).await {
            Ok(pair) => pair,
            Err(words) => {
                self.note(Check::SignIn, place, (Verdict::Ill, words));
                for check in [Check::Call, Check::Live, Check::ForeignWorkspace] {
                    self.note(check, String::new(), judge::not_reached());
                }
                return None;
            }
        };
        let both = Words::new(
            "2つのアカウントでサインインできました",
            "Both accounts are signed in",
        );
        self.note(Check::SignIn, place, (Verdict::Well, both));
        let media = match self.tickets(&pair).await {
            Ok((room, tickets)) => {
                let media = tickets[0].url.clone();
                // Whoever listens is no manager of anything, and sees what everybody sees.
                let page = pair.listener.page(&pair.workspace).await;
                let told = async {
                    match page {
                        Ok(page) => page.hears_of(&room).await,
                        Err(untold) => Err(untold),
                    }
                };
                let called = self.call(media.clone(), tickets);
                let (told, ()) = tokio::join!(told, called);
                self.note(Check::Live, format!("{app_origin}/live"), judge::live(told));
                Some(media)
            }
            Err(words) => {
                self.note(Check::Call, String::new(), (Verdict::Ill, words));
                self.note(Check::Live, String::new(), judge::not_reached());
                None
            }
        };
        let foreign = pair.foreign.as_deref();
        let status = pair.talker.status_of(foreign.unwrap_or(NOBODYS)).await;
        let judgement = judge::foreign(status, foreign.is_some());
        self.note(
            Check::ForeignWorkspace,
            foreign.unwrap_or(NOBODYS).to_owned(),
            judgement,
        );
        pair.talker.sign_out().await;
        pair.listener.sign_out().await;
        media
    }

    /// A room, and tickets of both for it.
    async fn tickets(&self, pair: &Pair) -> Result<(String, [Ticket; 2]), Words> {
        let rooms = pair.talker.rooms(&pair.workspace).await;
        let room = self.choose(&rooms)?;
        let mut tickets = Vec::new();
        for visitor in [&pair.talker, &pair.listener] {
            let joined = visitor.join(&pair.workspace, &room.id).await;
            let (url, token) = joined.ok_or_else(|| {
                Words::new(
                    format!("ルーム {} への入室を拒まれました", room.name),
                    format!("The API gave no token for the room {}", room.name),
                )
            })?;
            tickets.push(Ticket { url, token });
        }
        let tickets = <[Ticket; 2]>::try_from(tickets)
            .unwrap_or_else(|_| unreachable!("each of two visitors has one"));
        Ok((room.id.clone(), tickets))
    }

    fn choose<'a>(&self, rooms: &'a [Room]) -> Result<&'a Room, Words> {
        match &self.options.room {
            Some(name) => rooms.iter().find(|room| room.name == *name).ok_or_else(|| {
                Words::new(
                    format!("{name} というルームが最初の1ページにありません"),
                    format!("There is no room called {name} on the first page of rooms"),
                )
            }),
            // Nobody who talks is to hear two strangers come in.
            None => rooms.iter().find(|room| room.is_empty).ok_or_else(|| {
                Words::new(
                    "空いているルームがありません。ルームを作るか、--roomで指定してください",
                    "There is no empty room. Make one, or name one with --room",
                )
            }),
        }
    }

    async fn call(&mut self, media: String, tickets: [Ticket; 2]) {
        let outcome = call::place(tickets, self.options.patience()).await;
        let judgement = judge::call(&outcome, &media);
        self.note(Check::Call, media, judgement);
    }

    /// TLS of the app and of the media node, and the API's own end.
    async fn addresses(&mut self, media: Option<String>) {
        let app = self.options.app.clone();
        let now = OffsetDateTime::now_utc().unix_timestamp();
        self.tls(&app, now).await;
        match media.as_deref().map(Url::parse) {
            Some(Ok(media)) => self.tls(&media, now).await,
            _ => self.note(Check::Tls, "media".to_owned(), judge::not_reached()),
        }
        let judgement = match app.host_str() {
            Some(domain) if !is_this_machine(&app) => judge::around(outside::ask(domain).await),
            _ => judge::not_here(),
        };
        self.note(Check::AroundTheFront, String::new(), judgement);
    }

    async fn tls(&mut self, url: &Url, now: i64) {
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return;
        };
        let secure = matches!(url.scheme(), "https" | "wss");
        let judgement = if secure {
            judge::tls(&tls::ask(host, port, now).await)
        } else if is_this_machine(url) {
            judge::not_here()
        } else {
            judge::in_the_clear()
        };
        self.note(Check::Tls, format!("{host}:{port}"), judgement);
    }

    /// Backups and alarms of both regions.
    async fn cloud(&mut self) {
        let now = OffsetDateTime::now_utc().unix_timestamp();
        let left_out = if is_this_machine(&self.options.app) {
            Some(judge::not_here())
        } else if self.options.without_aws {
            Some(judge::not_asked(
                "--without-awsのため確認していません",
                "Not asked: --without-aws",
            ))
        } else {
            None
        };
        for check in [Check::Backups, Check::Alarms] {
            for region in REGIONS {
                let judgement = match (&left_out, check) {
                    (Some(left_out), _) => left_out.clone(),
                    (None, Check::Backups) => {
                        judge::backups(&self.cloud.newest_backup(region).await, now)
                    }
                    (None, _) => judge::alarms(&self.cloud.alarms(region).await),
                };
                self.note(check, region.to_owned(), judgement);
            }
        }
    }

    fn note(&mut self, check: Check, place: String, (verdict, said): Judgement) {
        self.findings.push(Finding {
            check,
            place,
            verdict,
            said,
        });
    }
}

/// Signs both in and finds a workspace of both.
async fn pair(app: &Url, [talker, listener]: &[Account; 2]) -> Result<Pair, Words> {
    let talker = Visitor::sign_in(app, talker).await?;
    let listener = Visitor::sign_in(app, listener).await?;
    let (mine, theirs) = (talker.workspaces().await, listener.workspaces().await);
    let shared = mine.iter().find(|id| theirs.contains(id)).cloned();
    let foreign = theirs.iter().find(|id| !mine.contains(id)).cloned();
    let workspace = shared.ok_or_else(|| {
        Words::new(
            "2つのアカウントが同じワークスペースにいません。両方を1つのワークスペースに招待してください",
            "The two accounts share no workspace. Invite both into one",
        )
    })?;
    Ok(Pair {
        talker,
        listener,
        workspace,
        foreign,
    })
}

/// Whether an address leads nowhere but to this machine.
fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_this_machine() {
        let is = |text: &str| is_this_machine(&Url::parse(text).expect("an address"));
        assert!(is("http://127.0.0.1:8080") && is("http://localhost:1") && is("http://[::1]:1"));
        assert!(!is("https://voice.example.com") && !is("http://192.0.2.1"));
        assert!(!is("http://localhost.example.com"));
    }
}
