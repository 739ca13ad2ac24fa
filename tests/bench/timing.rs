//! Whether the time of an answer tells an address with an account from one without.

use std::time::Instant;

use koeba_tests::Visitor;
use serde_json::{Value, json};

use crate::figures::{mann_whitney, quantile};
use crate::world::World;

/// How often each of the two is asked. One account takes no more wrong passwords than this in a
/// day, so there are several.
const ASKED: usize = 240;
const ACCOUNTS: usize = 12;

/// Asks for both in turns, so that whatever else slows the machine down slows both.
pub(crate) async fn measure() -> Vec<Value> {
    let world = World::with_rooms(1).await;
    let mut accounts = Vec::new();
    for number in 0..ACCOUNTS {
        let person = Visitor::signed_up(world.koeba.app(), &format!("Person {number}")).await;
        accounts.push(person.email);
    }
    let stranger = Visitor::of(&world.koeba);
    let mut told = Vec::new();
    let wrong = Some("whatever comes to mind");
    for (name, path, password, times) in [
        (
            "POST /api/sessions, wrong password",
            "/api/sessions",
            wrong,
            ASKED,
        ),
        // Four an hour for each address: one mail went to it when its owner signed up.
        (
            "POST /api/password-resets",
            "/api/password-resets",
            None,
            4 * ACCOUNTS,
        ),
    ] {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for time in 0..times {
            let somebody = &accounts[time % ACCOUNTS];
            let nobody = format!("nobody-{}@example.test", time % ACCOUNTS);
            for (email, took) in [(somebody, &mut known), (&nobody, &mut unknown)] {
                let body = match password {
                    Some(password) => json!({ "email": email, "password": password }),
                    None => json!({ "email": email }),
                };
                let begun = Instant::now();
                let answer = stranger.post(path, body).await;
                took.push(begun.elapsed().as_secs_f64() * 1e3);
                assert!([202, 401].contains(&answer.status), "{answer:?}");
            }
        }
        told.push(json!({
            "name": name,
            "times": times,
            "known_p50_ms": quantile(&known, 50),
            "unknown_p50_ms": quantile(&unknown, 50),
            "p": mann_whitney(&known, &unknown),
        }));
    }
    world.koeba.stop().await;
    told
}
