//! The `koeba-load` command.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use koeba_load::{FloorOptions, Moment, Options, Point, floor, load, plot};

/// Fills rooms of a media node with synthetic voices and measures what gets through
#[derive(Parser)]
#[command(name = "koeba-load", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Load a node
    Node(NodeArgs),
    /// Measure what the same traffic costs a program that only copies datagrams
    Floor(Traffic),
    /// Draw runs, given as lines of JSON on the standard input, as an SVG document
    Plot,
}

#[derive(Args)]
struct NodeArgs {
    /// The node's signalling address
    #[arg(long, default_value = "ws://127.0.0.1:7880")]
    url: String,

    /// Name of the key that tokens are minted with
    #[arg(long, env = "KOEBA_TOKEN_KEY_ID")]
    token_key_id: String,

    /// Secret of that key; give it in the environment, where other users cannot read it
    #[arg(long, env = "KOEBA_TOKEN_SECRET", hide_env_values = true)]
    token_secret: String,

    /// Rooms
    #[arg(long, default_value_t = 1)]
    rooms: usize,

    #[command(flatten)]
    traffic: Traffic,
}

#[derive(Args)]
struct Traffic {
    /// Participants in each room
    #[arg(long, default_value_t = 2)]
    participants: usize,

    /// How many of them talk [default: all]
    #[arg(long)]
    talkers: Option<usize>,

    /// How many of those who talk are loud; the others are unmuted and send the noise of a room
    /// [default: all]
    #[arg(long)]
    loud: Option<usize>,

    /// Bytes of each packet of voice, of which there are 50 a second
    #[arg(long, default_value_t = 80)]
    payload_bytes: usize,

    /// Seconds before packets count
    #[arg(long, default_value_t = 1)]
    warm_up: u64,

    /// Seconds in which packets count
    #[arg(long, default_value_t = 5)]
    seconds: u64,

    /// Print JSON, one line for each moment and one for the report
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    // One thread, so that a node beside it has the machine's other core to itself.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let outcome = runtime
        .map_err(Box::from)
        .and_then(|runtime| runtime.block_on(run(cli.command)));
    match outcome {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("koeba-load: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<String, Box<dyn std::error::Error>> {
    match command {
        Command::Node(args) => {
            let json = args.traffic.json;
            let options = node_options(args);
            let report = load(&options, |moment| tell(json, moment)).await?;
            Ok(if json {
                serde_json::to_string(&report)?
            } else {
                report.to_string()
            })
        }
        Command::Plot => {
            let lines = std::io::stdin().lines();
            let points: Result<Vec<Point>, Box<dyn std::error::Error>> = lines
                .map(|line| Ok(serde_json::from_str(&line?)?))
                .collect();
            plot(&points?)
        }
        Command::Floor(traffic) => {
            let report = floor(FloorOptions {
                participants: traffic.participants,
                talkers: traffic.talkers.unwrap_or(traffic.participants),
                payload_bytes: traffic.payload_bytes,
                warm_up: Duration::from_secs(traffic.warm_up),
                window: Duration::from_secs(traffic.seconds),
            })
            .await?;
            if traffic.json {
                return Ok(serde_json::to_string(&report)?);
            }
            let each = report.cpu_ns / report.forwarded.max(1);
            let forwarded = report.forwarded;
            Ok(format!("copied {forwarded} datagrams at {each} ns each"))
        }
    }
}

fn tell(json: bool, moment: Moment) {
    let name = match moment {
        Moment::Ready => "ready",
        Moment::WindowBegins => "window_begins",
        Moment::WindowEnds => "window_ends",
    };
    if json {
        println!("{}", serde_json::json!({ "moment": name }));
    }
}

fn node_options(args: NodeArgs) -> Options {
    let traffic = args.traffic;
    Options {
        rooms: args.rooms,
        participants: traffic.participants,
        talking: traffic.talkers,
        loud: traffic.loud,
        payload_bytes: traffic.payload_bytes,
        warm_up: Duration::from_secs(traffic.warm_up),
        window: Duration::from_secs(traffic.seconds),
        ..Options::new(args.url, args.token_key_id, args.token_secret)
    }
}
