//! The words of every mail that has no page of its own: a subject that is always the same, and
//! paragraphs in which names may stand.

use koeba_domain::{Locale, Mail, Role, SecondStepMethod};

use crate::notices;

/// What a mail says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) subject: &'static str,
    pub(crate) before: Vec<String>,
    pub(crate) token: Option<String>,
    pub(crate) link: Option<Link>,
    pub(crate) after: Vec<String>,
}

/// Where a mail leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) to: String,
    pub(crate) label: &'static str,
}

/// The words of a mail in a language; `None` for those with templates of their own.
pub(crate) fn of(mail: &Mail, locale: Locale) -> Option<Words> {
    let ja = locale == Locale::Ja;
    let say = |ja_words: &'static str, en_words: &'static str| if ja { ja_words } else { en_words };
    let words = match mail {
        Mail::SignUpToken { .. } | Mail::Invitation { .. } => return None,
        Mail::Notice(notice) => notices::of(notice, locale),
        Mail::SecondStepToken { token } => Words {
            subject: say("Koeba サインインの確認コード", "Your Koeba sign-in code"),
            before: vec![say(
                "サインインを続けるには、次の確認コードを入力してください。",
                "Enter this code to go on signing in.",
            ).to_owned()],
            token: Some(token.clone()),
            after: vec![say(
                "コードの有効期限は 10 分です。お心当たりがない場合は、だれかがあなたのパスワードを知っています。パスワードを変更してください。",
                "The code works for ten minutes. If you are not signing in, somebody knows your password: please change it.",
            ).to_owned()],
            ..Words::default()
        },
        Mail::EmailChangeToken { token } => Words {
            subject: say("Koeba メールアドレス変更の確認コード", "Confirm your new address for Koeba"),
            before: vec![say(
                "Koeba のメールアドレスをこのアドレスに変更するには、次の確認コードを入力してください。",
                "Enter this code to use this address for Koeba from now on.",
            ).to_owned()],
            token: Some(token.clone()),
            after: vec![say(
                "コードの有効期限は 10 分です。お心当たりがない場合は、このメールを破棄してください。",
                "The code works for ten minutes. If you did not ask for it, ignore this mail.",
            ).to_owned()],
            ..Words::default()
        },
        Mail::PasswordReset { link } => Words {
            subject: say("Koeba パスワードの再設定", "Choose a new password for Koeba"),
            before: vec![say(
                "パスワードの再設定を受け付けました。次のページで新しいパスワードを決めてください。",
                "Somebody asked for a new password for your account. Choose one on this page.",
            ).to_owned()],
            link: Some(Link {
                to: link.clone(),
                label: say("新しいパスワードを決める", "Choose a new password"),
            }),
            after: vec![say(
                "リンクの有効期限は 30 分で、一度だけ使えます。お心当たりがない場合は、このメールを破棄してください。パスワードは変わりません。",
                "The link works once, for thirty minutes. If it was not you, ignore this mail: nothing changes.",
            ).to_owned()],
            ..Words::default()
        },
        Mail::JoinInvitation { workspace_name, inviter_name, link } => Words {
            subject: say("Koeba ワークスペースへの招待", "An invitation to a Koeba workspace"),
            before: vec![if ja {
                format!("{inviter_name} さんが、Koeba のワークスペース「{workspace_name}」にあなたを招待しました。お名前とパスワードを決めると参加できます。")
            } else {
                format!("{inviter_name} invites you to the workspace “{workspace_name}” on Koeba. Choose a name and a password to join.")
            }],
            link: Some(Link {
                to: link.clone(),
                label: say("参加する", "Join"),
            }),
            after: vec![say(
                "招待の有効期限は 7 日です。お心当たりがない場合は、このメールを破棄してください。",
                "The invitation works for seven days. If you do not know what this is about, ignore this mail.",
            ).to_owned()],
            ..Words::default()
        },
        Mail::ReviewReminder { workspace_name, title, due_on, link } => Words {
            subject: say("Koeba アクセス権の棚卸しの期日", "A Koeba access review is due"),
            before: vec![if ja {
                format!("ワークスペース「{workspace_name}」の棚卸し「{title}」の期日は {due_on} です。まだ確認していないアカウントがあります。")
            } else {
                format!("The access review “{title}” of the workspace “{workspace_name}” is due on {due_on}, and some accounts have not been looked at.")
            }],
            link: Some(Link {
                to: link.clone(),
                label: say("棚卸しを開く", "Open the review"),
            }),
            ..Words::default()
        },
    };
    Some(words)
}

/// What people call a second step.
pub(crate) const fn method(method: SecondStepMethod, locale: Locale) -> &'static str {
    match (method, locale) {
        (SecondStepMethod::EmailToken, Locale::Ja) => "メールの確認コード",
        (SecondStepMethod::EmailToken, Locale::En) => "codes by mail",
        (SecondStepMethod::Totp, Locale::Ja) => "認証アプリ",
        (SecondStepMethod::Totp, Locale::En) => "an authenticator app",
        (SecondStepMethod::Passkey, Locale::Ja) => "パスキー",
        (SecondStepMethod::Passkey, Locale::En) => "a passkey",
        (SecondStepMethod::RecoveryCode, Locale::Ja) => "リカバリーコード",
        (SecondStepMethod::RecoveryCode, Locale::En) => "recovery codes",
    }
}

/// What people call a role.
pub(crate) const fn role(role: Role, locale: Locale) -> &'static str {
    match (role, locale) {
        (Role::Owner, Locale::Ja) => "オーナー",
        (Role::Owner, Locale::En) => "owner",
        (Role::Manager, Locale::Ja) => "管理者",
        (Role::Manager, Locale::En) => "manager",
        (Role::Member, Locale::Ja) => "メンバー",
        (Role::Member, Locale::En) => "member",
        (Role::Guest, Locale::Ja) => "ゲスト",
        (Role::Guest, Locale::En) => "guest",
    }
}
