//! Starting and stopping everything, and the configuration with which SDK clients reach it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_lambda_events::event::dynamodb::Event;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::REGION;
use crate::caller::Callers;
use crate::connections::Connections;
use crate::dynamodb::{Engine, EngineError};
use crate::faults::Faults;
use crate::front::{self, Front};
use crate::mailbox::{Mailbox, MailboxError};
use crate::meter::Meter;
use crate::policy::PolicyError;
use crate::role::{Policies, Role};
use crate::s3::{ObjectStore, ObjectStoreError};

/// How long calls that are under way may take to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where the emulated services keep what they are given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Storage {
    /// Nowhere: it is gone with the emulator.
    #[default]
    Memory,
    /// In a folder, which must exist.
    Directory(PathBuf),
}

/// How an [`Emulator`] starts.
#[derive(Clone, Debug)]
pub struct EmulatorConfig {
    /// Where data is kept.
    pub data: Storage,
    /// What callers may do.
    pub policies: Policies,
    /// Whether expired items go by themselves. They go by the machine's clock, so a test whose
    /// own clock stands elsewhere would lose what has not expired for it.
    pub sweeps: bool,
}

impl EmulatorConfig {
    /// The policies that are checked in, over `data`; expired items stay until
    /// [`Emulator::sweep_expired`].
    ///
    /// # Errors
    /// [`EmulatorError::Policy`] when they are not understood.
    pub fn new(data: Storage) -> Result<Self, EmulatorError> {
        Ok(Self {
            data,
            policies: Policies::checked_in()?,
            sweeps: false,
        })
    }

    /// The same, with expired items going by themselves, as they do in DynamoDB.
    #[must_use]
    pub fn sweeping(self) -> Self {
        Self {
            sweeps: true,
            ..self
        }
    }
}

/// The emulator does not start or does not work.
#[derive(Debug, thiserror::Error)]
pub enum EmulatorError {
    /// A policy is not understood.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The embedded DynamoDB failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The mailbox failed.
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    /// The embedded S3 failed.
    #[error(transparent)]
    ObjectStore(#[from] ObjectStoreError),
    /// No listener on loopback.
    #[error("cannot listen on loopback: {0}")]
    Listen(#[from] std::io::Error),
    /// The system gives no randomness.
    #[error("no randomness: {0}")]
    Random(#[from] getrandom::Error),
}

/// The embedded AWS services, running. Dropping it stops them without ceremony.
pub struct Emulator {
    endpoint: String,
    front: Arc<Front>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Emulator {
    /// Starts everything on loopback listeners of its own.
    ///
    /// # Errors
    /// [`EmulatorError`] says what could not be opened.
    pub async fn start(config: EmulatorConfig) -> Result<Self, EmulatorError> {
        let file = |name: &str| match &config.data {
            Storage::Memory => None,
            Storage::Directory(folder) => Some(folder.join(name)),
        };
        let (stop, stopping) = watch::channel(false);
        let mailbox = Mailbox::open(file("mail.jsonl").as_deref())?;
        let objects = ObjectStore::open(file("s3").as_deref())?;
        let callers = Callers::new(config.policies)?;
        let database = file("dynamodb.sqlite");
        let (engine, mut tasks) = Engine::start(database.as_deref(), stopping.clone()).await?;
        if config.sweeps {
            tasks.push(tokio::spawn(engine.sweep_regularly(stopping.clone())));
        }
        let front = Arc::new(Front {
            callers,
            connections: Connections::default(),
            engine,
            faults: Faults::default(),
            mailbox,
            meter: Meter::default(),
            objects,
        });
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let router = front::router(front.clone());
        tasks.push(tokio::spawn(async move {
            let stopped = crate::dynamodb::stopped(stopping);
            if let Err(error) = axum::serve(listener, router)
                .with_graceful_shutdown(stopped)
                .await
            {
                tracing::error!(%error, "the emulator stopped serving");
            }
        }));
        Ok(Self {
            endpoint,
            front,
            stop,
            tasks,
        })
    }

    /// Where the services are reached.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The configuration with which an SDK client reaches the services as `role`.
    ///
    /// Nothing is read from the environment, nothing is asked of a metadata service, and a failed
    /// call is not tried again.
    #[must_use]
    pub fn sdk_config(&self, role: Role) -> SdkConfig {
        let key = self.front.callers.key_of(role);
        let credentials = Credentials::new(&key.id, &key.secret, None, None, "koeba-emulator");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .endpoint_url(&self.endpoint)
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .retry_config(RetryConfig::disabled())
            .build()
    }

    /// Makes Koeba's table, with its index, its stream and its time to live, and the table of keys
    /// beside it, unless they are there.
    ///
    /// # Errors
    /// [`EmulatorError::Engine`] when the engine refuses.
    pub fn create_table(&self, name: &str) -> Result<(), EmulatorError> {
        self.front.engine.create_table(name)?;
        Ok(self
            .front
            .engine
            .create_keys_table(&format!("{name}-keys"))?)
    }

    /// Makes a bucket, unless it is there.
    ///
    /// # Errors
    /// [`EmulatorError::ObjectStore`] when the folder cannot be written.
    pub fn create_bucket(&self, name: &str) -> Result<(), EmulatorError> {
        Ok(self.front.objects.create_bucket(name)?)
    }

    /// Everything that has happened to a table so far, as the event that its stream would bring
    /// to a Lambda function.
    ///
    /// # Errors
    /// [`EmulatorError::Engine`] when there is no such table.
    pub fn stream_event(&self, table: &str) -> Result<Event, EmulatorError> {
        Ok(self.front.engine.stream_event(table)?)
    }

    /// Every item of a table, each as one text: what somebody who had the whole store would read.
    ///
    /// # Errors
    /// [`EmulatorError::Engine`] when there is no such table.
    pub fn dump(&self, table: &str) -> Result<Vec<String>, EmulatorError> {
        Ok(self.front.engine.dump(table)?)
    }

    /// Removes what is past its time to live now, as [`EmulatorConfig::sweeping`] does every half
    /// minute; answers how many items that were.
    ///
    /// # Errors
    /// [`EmulatorError::Engine`] when the engine fails.
    pub async fn sweep_expired(&self) -> Result<usize, EmulatorError> {
        Ok(self.front.engine.sweep().await?)
    }

    /// Where functions reach browsers at the other end of a WebSocket: the management API's endpoint.
    #[must_use]
    pub fn connections_endpoint(&self) -> String {
        format!("{}/live", self.endpoint)
    }

    /// The WebSocket connections that are open, for whoever holds them.
    #[must_use]
    pub fn connections(&self) -> Connections {
        self.front.connections.clone()
    }

    /// The mails that were sent.
    #[must_use]
    pub fn mailbox(&self) -> Mailbox {
        self.front.mailbox.clone()
    }

    /// What notes the calls and their cost.
    #[must_use]
    pub fn meter(&self) -> Meter {
        self.front.meter.clone()
    }

    /// The faults to come.
    #[must_use]
    pub fn faults(&self) -> Faults {
        self.front.faults.clone()
    }

    /// Stops: no new calls, those under way end, the data is closed.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        let tasks = std::mem::take(&mut self.tasks);
        let ended = async {
            for task in tasks {
                if let Err(error) = task.await {
                    tracing::warn!(%error, "a part of the emulator did not stop in good order");
                }
            }
        };
        if tokio::time::timeout(PATIENCE, ended).await.is_err() {
            tracing::warn!("the emulator stopped before every call had ended");
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        for task in &self.tasks {
            task.abort();
        }
    }
}
