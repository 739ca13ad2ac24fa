//! Whether a flood of sign-ins slows the rest down.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use koeba_tests::Visitor;
use serde_json::{Value, json};

use crate::figures::quantile;
use crate::world::{World, send};

/// How many guess passwords at the same time, each without a pause.
const FLOODERS: usize = 50;
/// How often the rooms are asked for in each round, and how many rounds there are of either kind.
const ASKED: usize = 200;
const ROUNDS: usize = 3;

/// Asks for the rooms with and without the flood, in turns.
///
/// In the cloud sign-in is a function of its own, so nothing of it can slow another down; here
/// everything is one process on the same cores, which is the worst that can be.
pub(crate) async fn measure() -> Value {
    let world = World::with_rooms(20).await;
    let rooms = world.path("/rooms");
    let (mut calm, mut flooded) = (Vec::new(), Vec::new());
    let counts = Arc::new(Counts::default());
    let mut seconds = 0.0;
    look(&world, &rooms, &mut Vec::new()).await;
    for _ in 0..ROUNDS {
        look(&world, &rooms, &mut calm).await;
        let stop = Arc::new(AtomicBool::new(false));
        let flooders: Vec<_> = (0..FLOODERS)
            .map(|number| {
                let visitor = Visitor::at(world.koeba.app());
                tokio::spawn(flood(visitor, number, stop.clone(), counts.clone()))
            })
            .collect();
        let begun = Instant::now();
        look(&world, &rooms, &mut flooded).await;
        seconds += begun.elapsed().as_secs_f64();
        stop.store(true, Ordering::Relaxed);
        for flooder in flooders {
            flooder.await.expect("a flooder ends");
        }
    }
    world.koeba.stop().await;
    let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
    json!({
        "flooders": FLOODERS,
        "calm_p50_ms": quantile(&calm, 50),
        "calm_p99_ms": quantile(&calm, 99),
        "flooded_p50_ms": quantile(&flooded, 50),
        "flooded_p99_ms": quantile(&flooded, 99),
        "hashed_per_s": count(&counts.hashed) as f64 / seconds,
        "turned_away_per_s": count(&counts.turned_away) as f64 / seconds,
    })
}

#[derive(Default)]
struct Counts {
    hashed: AtomicUsize,
    turned_away: AtomicUsize,
}

async fn flood(visitor: Visitor, number: usize, stop: Arc<AtomicBool>, counts: Arc<Counts>) {
    let mut time = 0;
    while !stop.load(Ordering::Relaxed) {
        let body = json!({
            // Another account each time, so that no account's limit ends the flood.
            "email": format!("flood-{number}-{time}@example.test"),
            "password": "whatever comes to mind",
        });
        let answer = visitor.post("/api/sessions", body).await;
        let counter = match answer.status {
            401 => &counts.hashed,
            429 | 503 => &counts.turned_away,
            _ => panic!("{answer:?}"),
        };
        counter.fetch_add(1, Ordering::Relaxed);
        time += 1;
    }
}

async fn look(world: &World, rooms: &str, took: &mut Vec<f64>) {
    for _ in 0..ASKED {
        let begun = Instant::now();
        let answer = send(&world.member, "GET", rooms).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        took.push(begun.elapsed().as_secs_f64() * 1e3);
    }
}
