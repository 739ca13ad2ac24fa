//! The `koeba-local` command.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use koeba_local::{
    AuditCommand, CertificateCommand, LedgerCommand, LedgerError, Options, TokenOptions,
};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Runs the whole of Koeba on this machine
#[derive(Parser)]
#[command(name = "koeba-local", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: Options,
}

#[derive(Subcommand)]
enum Command {
    /// Start Koeba (the default)
    Run(Options),
    /// Print a join token that any LiveKit SDK can use with a local runner
    Token(TokenOptions),
    /// Keep, and replay, which accounts and workspaces were deleted
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Look at deletion certificates
    #[command(subcommand)]
    Certificate(CertificateCommand),
    /// One media node; --media-nodes starts them
    #[command(hide = true)]
    MediaNode(Box<koeba_node::Cli>),
    /// Look at audit logs that were exported
    #[command(subcommand)]
    Audit(AuditCommand),
}

/// The exit code for what the person who typed the command can mend.
const MENDABLE: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let command = match cli.command {
        // A node has a runtime, and words, of its own.
        Some(Command::MediaNode(node)) => return koeba_node::run(*node),
        other => other,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    runtime.block_on(async {
        match command {
            Some(Command::Token(options)) => token(options).await,
            Some(Command::Ledger(command)) => said(koeba_local::ledger(command).await),
            Some(Command::Certificate(command)) => said(koeba_local::certificate(command)),
            Some(Command::Audit(command)) => audit(command),
            Some(Command::MediaNode(_)) => ExitCode::SUCCESS,
            Some(Command::Run(options)) => run(options).await,
            None => run(cli.run).await,
        }
    })
}

async fn run(options: Options) -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            EnvFilter::try_from_env("KOEBA_LOG")
                .unwrap_or_else(|_| "warn,dynoxide::server=error".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let demo = options.demo;
    // Taken before anything starts, so that an early Ctrl-C is not lost.
    let (mut interrupt, mut terminate) = match (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) {
        (Ok(interrupt), Ok(terminate)) => (interrupt, terminate),
        (Err(error), _) | (_, Err(error)) => return fail(&error),
    };
    let running = tokio::select! {
        started = koeba_local::start(options) => match started {
            Ok(running) => running,
            Err(error) => return fail(&error),
        },
        _ = interrupt.recv() => return ExitCode::SUCCESS,
        _ = terminate.recv() => return ExitCode::SUCCESS,
    };
    let ready = running.ready();
    eprintln!("{}", ready.for_people(demo));
    println!(
        "{}",
        serde_json::to_string(ready).expect("addresses are JSON")
    );
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    running.stop().await;
    eprintln!("  Koeba has stopped / 停止しました");
    ExitCode::SUCCESS
}

async fn token(options: TokenOptions) -> ExitCode {
    match koeba_local::request_token(options).await {
        Ok(token) => {
            println!(
                "{}",
                serde_json::to_string(&token).expect("a token is JSON")
            );
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

fn audit(command: AuditCommand) -> ExitCode {
    match koeba_local::audit(command) {
        Ok(verified) => {
            print!("{}", verified.said);
            if verified.sound {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(error) => fail(&error),
    }
}

fn said(outcome: Result<String, LedgerError>) -> ExitCode {
    match outcome {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

fn fail(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("koeba-local: {error}");
    ExitCode::from(MENDABLE)
}
