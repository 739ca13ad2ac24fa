//! Mails that tell people what was done to them, or in their workspace.

use koeba_domain::{Mail, MailIntent, Notice, User, UserId};
use koeba_edge::{Context, Problem};

/// The mail that tells `to` of something; none when they have no account any more.
pub(crate) async fn notice(
    context: &Context,
    to: UserId,
    notice: Notice,
) -> Result<Option<MailIntent>, Problem> {
    let user = context.table.directory().user(to).await?;
    Ok(user.map(|user| mail(context, &user, Mail::Notice(notice))))
}

/// A mail to somebody, in their language.
pub(crate) fn mail(context: &Context, to: &User, mail: Mail) -> MailIntent {
    MailIntent {
        id: context.entropy.id(),
        to: to.email.clone(),
        locale: to.locale,
        mail,
    }
}

/// The same mail to several people. Those without an account get none.
pub(crate) async fn to_all(
    context: &Context,
    people: impl IntoIterator<Item = UserId>,
    what: &Mail,
) -> Result<Vec<MailIntent>, Problem> {
    let directory = context.table.directory();
    let mut mails = Vec::new();
    for user in people {
        if let Some(user) = directory.user(user).await? {
            mails.push(mail(context, &user, what.clone()));
        }
    }
    Ok(mails)
}
