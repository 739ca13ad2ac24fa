//! Every problem that the API can answer with: one table.

use http::StatusCode;
use koeba_domain::Locale;

/// What the table says about a problem.
#[derive(Clone, Copy)]
struct Entry {
    slug: &'static str,
    status: StatusCode,
    title: Words,
    detail: Words,
}

#[derive(Clone, Copy)]
struct Words {
    ja: &'static str,
    en: &'static str,
}

impl Words {
    const fn in_language(self, locale: Locale) -> &'static str {
        match locale {
            Locale::Ja => self.ja,
            Locale::En => self.en,
        }
    }
}

macro_rules! slugs {
    ($($name:ident $status:ident $slug:literal {
        ja: $title_ja:literal, $detail_ja:literal;
        en: $title_en:literal, $detail_en:literal;
    })*) => {
        /// The machine's name of a problem; the last part of a problem document's `type`.
        ///
        /// A slug never changes its meaning: clients decide by it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Slug {
            $(#[doc = $title_en] $name,)*
        }

        impl Slug {
            /// Every slug, for documents and tests that go through the whole table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            const fn entry(self) -> Entry {
                match self {
                    $(Self::$name => Entry {
                        slug: $slug,
                        status: StatusCode::$status,
                        title: Words { ja: $title_ja, en: $title_en },
                        detail: Words { ja: $detail_ja, en: $detail_en },
                    },)*
                }
            }
        }
    };
}

slugs! {
    // The request as such
    JsonMalformed BAD_REQUEST "json-malformed" {
        ja: "JSONとして読めません", "本文を正しいJSONにして、もう一度送ってください。";
        en: "The body is not JSON", "Send the body again as well-formed JSON.";
    }
    ContentTypeWrong UNSUPPORTED_MEDIA_TYPE "content-type-wrong" {
        ja: "本文の形式が違います", "本文は Content-Type: application/json で送ってください。";
        en: "The body has another format", "Send the body with Content-Type: application/json.";
    }
    BodyTooLarge PAYLOAD_TOO_LARGE "body-too-large" {
        ja: "本文が大きすぎます", "本文は64 KiB以内にしてください。";
        en: "The body is too large", "Keep the body within 64 KiB.";
    }
    FieldUnknown UNPROCESSABLE_ENTITY "field-unknown" {
        ja: "知らない項目があります", "errorsにある項目を取り除いてください。";
        en: "The body has an unknown field", "Leave out the field that errors names.";
    }
    FieldsInvalid UNPROCESSABLE_ENTITY "fields-invalid" {
        ja: "入力内容を確認してください", "errorsにある項目を直してください。";
        en: "Some fields need another look", "Correct the fields that errors names.";
    }
    QueryInvalid BAD_REQUEST "query-invalid" {
        ja: "URLの条件が正しくありません", "?より後の名前と値を確認してください。";
        en: "The query is not understood", "Check the names and values after the question mark.";
    }
    CursorInvalid BAD_REQUEST "cursor-invalid" {
        ja: "続きの位置が正しくありません", "一覧を最初から読み直してください。";
        en: "The cursor is not one of ours", "Read the list again from its beginning.";
    }
    NotFound NOT_FOUND "not-found" {
        ja: "見つかりません", "存在しないか、見る権利がありません。";
        en: "Not found", "It does not exist, or it is not yours to see.";
    }
    MethodNotAllowed METHOD_NOT_ALLOWED "method-not-allowed" {
        ja: "このメソッドは使えません", "使えるメソッドはAllowヘッダーにあります。";
        en: "The method is not allowed here", "The Allow header names the methods that are.";
    }

    // Who is asking
    NotSignedIn UNAUTHORIZED "not-signed-in" {
        ja: "サインインが必要です", "サインインしてから、もう一度お試しください。";
        en: "Nobody is signed in", "Sign in and try again.";
    }
    SessionExpired UNAUTHORIZED "session-expired" {
        ja: "セッションの期限が切れました", "もう一度サインインしてください。";
        en: "The session has expired", "Sign in again.";
    }
    CredentialsWrong UNAUTHORIZED "credentials-wrong" {
        ja: "サインインできません", "メールアドレスかパスワードが違います。";
        en: "Signing in did not work", "The e-mail address or the password is wrong.";
    }
    CsrfTokenWrong FORBIDDEN "csrf-token-wrong" {
        ja: "要求を確認できません", "ページを読み込み直して、もう一度お試しください。";
        en: "The request could not be confirmed", "Reload the page and try again.";
    }
    OriginRefused FORBIDDEN "origin-refused" {
        ja: "ほかのサイトからの要求です", "Koebaのページから操作してください。";
        en: "The request came from another site", "Do this from Koeba's own page.";
    }
    Forbidden FORBIDDEN "forbidden" {
        ja: "この操作の権限がありません", "ワークスペースの管理者に相談してください。";
        en: "Your role does not allow this", "Ask a manager of the workspace.";
    }
    SecondStepRequired FORBIDDEN "second-step-required" {
        ja: "2段階目の確認が必要です", "サインインの2段階目を済ませてください。";
        en: "The second step is missing", "Complete the second step of signing in.";
    }
    SecondStepSetUpRequired FORBIDDEN "second-step-set-up-required" {
        ja: "2段階認証の設定が必要です", "2段階認証を設定してから、もう一度お試しください。";
        en: "A second step must be set up", "Set up a second step for signing in and try again.";
    }
    StrongerSecondStepRequired FORBIDDEN "stronger-second-step-required" {
        ja: "別の2段階認証が必要です", "このワークスペースではメールの番号は使えません。認証アプリかパスキーを設定して、サインインし直してください。";
        en: "Another second step is needed", "This workspace does not accept tokens by mail. Set up an authenticator app or a passkey and sign in again.";
    }
    StepUpRequired FORBIDDEN "step-up-required" {
        ja: "本人確認が必要です", "パスワードかパスキーで確認してから、もう一度お試しください。";
        en: "Please confirm that it is you", "Confirm with your password or a passkey and try again.";
    }
    SessionRenewalDue FORBIDDEN "session-renewal-due" {
        ja: "セッションの更新が必要です", "役割が変わりました。ページを読み込み直してください。";
        en: "The session must be renewed", "Your role has changed. Reload the page.";
    }
    NetworkNotAllowed FORBIDDEN "network-not-allowed" {
        ja: "このネットワークからは使えません", "許可されたネットワークから開いてください。";
        en: "Not from this network", "Open the workspace from one of its allowed networks.";
    }
    GuestsNotAllowed FORBIDDEN "guests-not-allowed" {
        ja: "ゲストは利用できません", "ワークスペースの管理者に相談してください。";
        en: "Guests are not allowed here", "Ask a manager of the workspace.";
    }
    NodeTokenWrong UNAUTHORIZED "node-token-wrong" {
        ja: "メディアノードを確認できません", "ノードの鍵と時計を確認してください。";
        en: "The media node is not known", "Check the node's key and its clock.";
    }

    // Signing up
    SignUpNotFound NOT_FOUND "sign-up-not-found" {
        ja: "この登録は見つかりません", "最初から登録し直してください。";
        en: "There is no such sign-up", "Sign up again from the beginning.";
    }
    TokenWrong UNPROCESSABLE_ENTITY "token-wrong" {
        ja: "番号が違います", "届いた番号を確かめて、もう一度入力してください。5回まちがえると、最初からやり直すことになります。";
        en: "The token is wrong", "Check the digits and enter them again. After five wrong ones you have to start over.";
    }
    TokenExpired GONE "token-expired" {
        ja: "番号の期限が切れました", "番号が使えるのは10分間です。新しい番号を受け取ってください。";
        en: "The token has expired", "A token works for ten minutes. Ask for a new one.";
    }
    TokenUsed GONE "token-used" {
        ja: "番号は使用済みです", "手続きは済んでいます。必要なら新しい番号を受け取ってください。";
        en: "The token was already used", "That step is complete. Ask for a new token if you need one.";
    }
    TooManyTries GONE "too-many-tries" {
        ja: "番号を5回まちがえました", "新しい番号を受け取ってください。";
        en: "Five wrong tokens were given", "Ask for a new one.";
    }
    AddressTaken CONFLICT "address-taken" {
        ja: "このメールアドレスは登録済みです", "サインインしてください。";
        en: "The address already has an account", "Sign in instead.";
    }

    // Accounts
    PasswordWrong UNPROCESSABLE_ENTITY "password-wrong" {
        ja: "パスワードが違います", "今のパスワードを確かめて、もう一度入力してください。";
        en: "The password is wrong", "Check your present password and enter it again.";
    }
    ResetUnusable GONE "reset-unusable" {
        ja: "このリンクは使えません", "期限が切れたか、使用済みです。もう一度パスワードの再設定を申し込んでください。";
        en: "The link does not work", "It has expired or was used. Ask for another one.";
    }
    SecondStepNeeded CONFLICT "second-step-needed" {
        ja: "2段階認証が1つは必要です", "ほかの2段階認証を設定してから削除してください。";
        en: "You need one second step", "Set up another one before you remove this one.";
    }
    NoPasskey CONFLICT "no-passkey" {
        ja: "パスキーがありません", "ほかの方法を選んでください。";
        en: "There is no passkey", "Choose another method.";
    }
    PasskeyRefused UNPROCESSABLE_ENTITY "passkey-refused" {
        ja: "パスキーを確認できません", "もう一度試すか、ほかの方法を選んでください。";
        en: "The passkey was not accepted", "Try again, or choose another method.";
    }
    SecondStepNotDue CONFLICT "second-step-not-due" {
        ja: "2段階目は済んでいます", "ページを読み込み直してください。";
        en: "No second step is due", "Reload the page.";
    }

    // Workspaces and invitations
    InvitationNotFound NOT_FOUND "invitation-not-found" {
        ja: "この招待は見つかりません", "招待メールのリンクをもう一度開いてください。";
        en: "There is no such invitation", "Open the link in the invitation mail again.";
    }
    InvitationExpired GONE "invitation-expired" {
        ja: "招待の期限が切れました", "招待した人に、もう一度招待してもらってください。";
        en: "The invitation has expired", "Ask the person who invited you for another one.";
    }
    InvitationUsed GONE "invitation-used" {
        ja: "招待は使用済みです", "参加は済んでいます。ワークスペースを開いてください。";
        en: "The invitation was already used", "It has been accepted. Open the workspace.";
    }
    InvitationRevoked GONE "invitation-revoked" {
        ja: "招待は取り消されました", "招待した人に確認してください。";
        en: "The invitation was revoked", "Ask the person who invited you.";
    }
    InvitationForAnotherAddress FORBIDDEN "invitation-for-another-address" {
        ja: "ほかのメールアドレスへの招待です", "招待されたメールアドレスのアカウントでサインインしてください。";
        en: "The invitation is for another address", "Sign in with the account of the invited address.";
    }
    RoleNotGrantable FORBIDDEN "role-not-grantable" {
        ja: "この役割は変えられません", "自分の役割を超える人や役割、自分自身の役割は、ほかの管理者か所有者に変えてもらってください。";
        en: "This role is not yours to give or take", "Ask another manager or the owner: nobody changes a role above their own, or their own.";
    }
    AlreadyInvited CONFLICT "already-invited" {
        ja: "すでに招待しています", "届いた招待を待つか、取り消してから招待し直してください。";
        en: "This address is already invited", "Wait for the answer, or revoke the invitation first.";
    }
    DomainNotAllowed FORBIDDEN "domain-not-allowed" {
        ja: "このドメインのメールアドレスは参加できません", "許可されたドメインのメールアドレスを使ってください。";
        en: "Addresses of this domain are not let in", "Use an address of a domain that the workspace allows.";
    }
    LinkUsedUp GONE "link-used-up" {
        ja: "招待リンクの人数に達しました", "リンクをくれた人に、新しいリンクを作ってもらってください。";
        en: "The link was used as often as it may be", "Ask the person who gave it to you for another one.";
    }
    LastManager CONFLICT "last-manager" {
        ja: "所有者がいなくなります", "先に、有効なメンバーに所有権を譲渡してください。";
        en: "The workspace would be left without an owner", "Transfer ownership to an active member first.";
    }
    ResponsibleManager CONFLICT "responsible-manager" {
        ja: "管理責任者に指名されています", "先に、ほかの人を管理責任者に指名してください。";
        en: "They are the responsible manager", "Name another responsible manager first.";
    }
    OwnerMustTransfer CONFLICT "owner-must-transfer" {
        ja: "ほかの人がいるワークスペースの所有者です", "errorsにあるワークスペースの所有権を譲渡するか、ワークスペースを削除してください。";
        en: "You own a workspace that others belong to", "Transfer or delete the workspaces that errors names.";
    }
    WouldLockYouOut CONFLICT "would-lock-you-out" {
        ja: "自分自身が締め出されます", "今いるネットワークと、今のサインイン方法が許可されるようにしてください。";
        en: "You would lock yourself out", "Allow the network you are in and the way you signed in.";
    }
    ReviewIncomplete CONFLICT "review-incomplete" {
        ja: "まだ決まっていないアカウントがあります", "すべてのアカウントについて決めてから、完了してください。";
        en: "Some accounts are not decided about", "Decide about every account, then complete the review.";
    }
    ReviewCompleted CONFLICT "review-completed" {
        ja: "棚卸しは完了しています", "必要なら、新しい棚卸しを始めてください。";
        en: "The review was completed", "Start another one if there is more to decide.";
    }
    AlreadyMember CONFLICT "already-member" {
        ja: "すでにメンバーです", "ワークスペースを開いてください。";
        en: "Already a member", "Open the workspace.";
    }
    LimitReached CONFLICT "limit-reached" {
        ja: "上限に達しました", "使っていないものを削除してから、もう一度お試しください。";
        en: "A limit has been reached", "Remove something that is not used and try again.";
    }
    ExportTooLarge CONFLICT "export-too-large" {
        ja: "一度に書き出すには多すぎます", "期間を短くするなどして絞り込み、何回かに分けて書き出してください。";
        en: "This is too much for one export", "Narrow it down, such as to shorter periods, and export in parts.";
    }
    ChangedMeanwhile CONFLICT "changed-meanwhile" {
        ja: "ほかの人が先に変更しました", "最新の内容を読み込んで、もう一度お試しください。";
        en: "Somebody else changed it first", "Read it again and repeat the change.";
    }

    // Rooms
    RoomNameTaken CONFLICT "room-name-taken" {
        ja: "同じ名前の部屋があります", "ほかの名前を付けてください。";
        en: "There is a room of this name", "Choose another name.";
    }

    // Us
    TooManyRequests TOO_MANY_REQUESTS "too-many-requests" {
        ja: "回数の上限を超えました", "Retry-Afterの秒数だけ待ってから、もう一度お試しください。";
        en: "That was tried too often", "Wait as many seconds as Retry-After says and try again.";
    }
    Busy SERVICE_UNAVAILABLE "busy" {
        ja: "混み合っています", "少し待ってから、もう一度お試しください。";
        en: "Too busy just now", "Wait a moment and try again.";
    }
    Internal INTERNAL_SERVER_ERROR "internal" {
        ja: "こちらの問題で処理できませんでした", "もう一度お試しください。続く場合は、request_idを添えてお知らせください。";
        en: "Something went wrong on our side", "Try again. If it stays, report it with the request_id.";
    }
}

impl Slug {
    /// The name in a problem document's `type`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.entry().slug
    }

    /// The status that goes with it, always the same.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        self.entry().status
    }

    /// What happened, in one line.
    #[must_use]
    pub const fn title(self, locale: Locale) -> &'static str {
        self.entry().title.in_language(locale)
    }

    /// What to do about it.
    #[must_use]
    pub const fn detail(self, locale: Locale) -> &'static str {
        self.entry().detail.in_language(locale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_unique_and_fit_for_a_url() {
        let mut seen = std::collections::HashSet::new();
        for slug in Slug::ALL {
            let name = slug.as_str();
            assert!(seen.insert(name), "{name} comes twice");
            assert!(
                name.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
            );
        }
    }

    #[test]
    fn every_problem_is_a_failure_that_says_what_to_do_in_both_languages() {
        for slug in Slug::ALL {
            assert!(slug.status().is_client_error() || slug.status().is_server_error());
            assert_ne!(slug.detail(Locale::Ja), slug.detail(Locale::En), "{slug:?}");
            assert!(slug.title(Locale::En).is_ascii(), "{slug:?}");
            assert!(!slug.title(Locale::Ja).is_ascii(), "{slug:?}");
        }
    }
}
