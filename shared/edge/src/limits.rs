//! What a use case asks before it does something that could be abused.
//!
//! How often is allowed stands in [`koeba_domain::Limit`]; here stands which limits each thing
//! that people do has. Too often is 429 `too-many-requests` with `Retry-After`, and the answer is
//! the same whether or not there is an account.

use koeba_domain::{
    Bucket, EmailAddress, IpNet, Limit, Moment, UserId, WorkspaceId, counted_network,
};
use koeba_storage::Counted;

use crate::{ClientIp, Context, KnownDevice, Problem};

/// The limits that hold for one request.
#[derive(Clone, Debug)]
pub struct Limits<'a> {
    context: &'a Context,
    network: Option<IpNet>,
}

/// Tries that were counted. Who turns out to be in the right gets them back, so that only
/// failures count in the end; until then they count, so that parallel tries do too.
#[derive(Debug)]
#[must_use = "give it back once the try turned out to be right, or say that it stays"]
pub struct Spent<'a> {
    context: &'a Context,
    buckets: Vec<Bucket>,
    at: Moment,
}

impl Context {
    /// The limits for a request from `client`.
    #[must_use]
    pub fn limits(&self, client: ClientIp) -> Limits<'_> {
        Limits {
            context: self,
            network: client.0.and_then(counted_network),
        }
    }

    /// The limits that hold wherever a request comes from.
    #[must_use]
    pub fn limits_anywhere(&self) -> Limits<'_> {
        self.limits(ClientIp(None))
    }
}

impl<'a> Limits<'a> {
    /// Signing up with an address, which sends mail there.
    ///
    /// # Errors
    /// 429, or a problem of the store; so for all of these.
    pub async fn sign_up(&self, email: &EmailAddress) -> Result<(), Problem> {
        let mail = Bucket::of_address(Limit::MailToAddress, email);
        self.keep(self.network_bucket(Limit::SignUpsFromNetwork).chain([mail]))
            .await
    }

    /// Showing a token or link that proves something: of a sign-up, a reset, an invitation.
    ///
    /// # Errors
    /// 429.
    pub async fn token(&self) -> Result<(), Problem> {
        self.keep(self.network_bucket(Limit::TokensFromNetwork))
            .await
    }

    /// Sending mail to an address on behalf of somebody else.
    ///
    /// # Errors
    /// 429.
    pub async fn mail_to(&self, email: &EmailAddress) -> Result<(), Problem> {
        self.keep([Bucket::of_address(Limit::MailToAddress, email)])
            .await
    }

    /// Sending mail to the owner of an account who asks for it, with their password proven.
    /// Nobody else can use this up.
    ///
    /// # Errors
    /// 429.
    pub async fn mail_to_owner(&self, user: UserId) -> Result<(), Problem> {
        self.keep([Bucket::of_user(Limit::MailToOwner, user)]).await
    }

    /// Trying a password for an address. On a known device only what was tried there counts.
    ///
    /// # Errors
    /// 429.
    pub async fn sign_in(
        &self,
        email: &EmailAddress,
        device: Option<&KnownDevice>,
    ) -> Result<Spent<'a>, Problem> {
        if let Some(device) = device {
            return self
                .spend([device.bucket(Limit::SignInsFromKnownDevice)])
                .await;
        }
        let account = [
            Bucket::of_address_from(Limit::SignInsToAccountFromNetwork, email, self.network),
            Bucket::of_address(Limit::SignInsToAccount, email),
        ];
        self.spend(
            self.network_bucket(Limit::SignInsFromNetwork)
                .chain(account),
        )
        .await
    }

    /// Trying a second step. On a known device only what was tried there counts.
    ///
    /// # Errors
    /// 429.
    pub async fn second_step(
        &self,
        user: UserId,
        device: Option<&KnownDevice>,
    ) -> Result<Spent<'a>, Problem> {
        let bucket = match device {
            Some(device) => device.bucket(Limit::SecondStepsFromKnownDevice),
            None => Bucket::of_user(Limit::SecondStepsOfAccount, user),
        };
        self.spend([bucket]).await
    }

    /// Trying the password of somebody who is signed in: step-up, change of password.
    ///
    /// # Errors
    /// 429.
    pub async fn password_in_session(&self, user: UserId) -> Result<Spent<'a>, Problem> {
        self.spend([Bucket::of_user(Limit::PasswordsInSession, user)])
            .await
    }

    /// Asking for a reset of the password, which sends mail.
    ///
    /// # Errors
    /// 429.
    pub async fn password_reset(
        &self,
        email: &EmailAddress,
        device: Option<&KnownDevice>,
    ) -> Result<(), Problem> {
        if let Some(device) = device {
            let bucket = device.bucket(Limit::PasswordResetsFromKnownDevice);
            return self.keep([bucket]).await;
        }
        let mail = Bucket::of_address(Limit::MailToAddress, email);
        self.keep(
            self.network_bucket(Limit::PasswordResetsFromNetwork)
                .chain([mail]),
        )
        .await
    }

    /// Inviting so many people at once. The mail to each address is [`Self::mail_to`]'s.
    ///
    /// # Errors
    /// 429.
    pub async fn invitations(
        &self,
        workspace: WorkspaceId,
        inviter: UserId,
        people: u32,
    ) -> Result<(), Problem> {
        let buckets = [
            Bucket::of_workspace(Limit::InvitationsOfWorkspace, workspace),
            Bucket::of_user(Limit::InvitationsByInviter, inviter),
        ];
        self.count(&buckets, people).await.map(drop)
    }

    fn network_bucket(&self, limit: Limit) -> impl Iterator<Item = Bucket> + use<> {
        self.network
            .map(|network| Bucket::of_network(limit, network))
            .into_iter()
    }

    async fn keep(&self, buckets: impl IntoIterator<Item = Bucket>) -> Result<(), Problem> {
        let buckets: Vec<Bucket> = buckets.into_iter().collect();
        self.count(&buckets, 1).await.map(drop)
    }

    async fn spend(&self, buckets: impl IntoIterator<Item = Bucket>) -> Result<Spent<'a>, Problem> {
        let buckets: Vec<Bucket> = buckets.into_iter().collect();
        let at = self.count(&buckets, 1).await?;
        Ok(Spent {
            context: self.context,
            buckets,
            at,
        })
    }

    /// Counts in one bucket after the other; the first that is full ends it.
    async fn count(&self, buckets: &[Bucket], amount: u32) -> Result<Moment, Problem> {
        let now = self.context.clock.now();
        let directory = self.context.table.directory();
        for bucket in buckets {
            if let Counted::UsedUp { until } = directory.count(bucket, amount, now).await? {
                tracing::warn!(limit = bucket.limit().name(), "a limit was reached");
                return Err(Problem::too_many_until(until, now));
            }
        }
        Ok(now)
    }
}

impl Spent<'_> {
    /// The try was right: it does not count.
    pub async fn give_back(self) {
        let directory = self.context.table.directory();
        for bucket in &self.buckets {
            if let Err(error) = directory.uncount(bucket, self.at).await {
                // Who is in the right is not kept waiting for a count that ends by itself.
                tracing::warn!(%error, "a try could not be given back");
            }
        }
    }

    /// The try was wrong: it counts.
    pub fn stays(self) {}
}

impl KnownDevice {
    fn bucket(&self, limit: Limit) -> Bucket {
        Bucket::of_device(limit, self.user, &self.secret_hash)
    }
}
