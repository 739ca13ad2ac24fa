//! A room in which more are unmuted than are forwarded, over real sockets.

mod support;

use std::collections::BTreeMap;
use std::time::Instant;

use koeba_node::Limits;
use support::caller::Caller;
use support::{Node, PATIENCE};

const NAMES: [&str; 4] = ["ann", "ben", "cho", "dai"];
const VOICE: Option<i8> = Some(-20);
const NOISE: Option<i8> = Some(-70);

#[tokio::test]
async fn the_talkers_are_heard_the_quiet_are_not_and_all_subscriptions_stay() {
    let mut call = Call::of_four(2).await;
    let offers = call.offers();
    call.set_levels([VOICE, NOISE, VOICE, NOISE]);
    // Whoever was first keeps its place until somebody is louder.
    call.until_withheld().await;
    call.forget();
    call.frames(50).await;
    call.until("dai hears the talkers", |call| {
        call.heard(3, "ann") >= 50 && call.heard(3, "cho") >= 50
    })
    .await;
    for listener in 0..4 {
        assert_eq!(call.heard(listener, "ben"), 0);
        assert_eq!(call.heard(listener, "dai"), 0);
    }
    assert!(call.node.count("packets_withheld_total").await >= 300);
    assert_eq!(call.offers(), offers, "nothing was negotiated anew");
    for caller in &call.callers {
        assert_eq!(caller.others.len(), 3);
        assert!(caller.others.values().all(|other| other.tracks.len() == 1));
    }
}

#[tokio::test]
async fn a_voice_that_is_heard_again_looks_as_if_it_had_been_silent() {
    let mut call = Call::of_four(2).await;
    call.set_levels([VOICE, NOISE, VOICE, NOISE]);
    call.until_withheld().await;
    let before = call.heard(0, "dai");
    call.set_levels([VOICE, NOISE, NOISE, VOICE]);
    let deadline = Instant::now() + PATIENCE;
    while call.heard(0, "dai") < before + 20 {
        assert!(Instant::now() < deadline, "dai was never heard");
        call.frames(1).await;
    }
    let received = call.callers[0].client.received.iter();
    let of_dai: Vec<_> = received
        .filter(|packet| &*packet.payload == b"dai")
        .collect();
    let first = of_dai[0].sequence;
    let sequences = of_dai.iter().map(|packet| packet.sequence);
    assert!(
        sequences.eq((first..).take(of_dai.len())),
        "no packet is missed: {:?}",
        of_dai
            .iter()
            .map(|packet| packet.sequence)
            .collect::<Vec<_>>()
    );
    let again = of_dai[before];
    assert!(again.marker, "a talk spurt begins");
    let pause = again.time - of_dai[before - 1].time;
    assert!(pause > 960, "the clock went on meanwhile");
    assert_eq!(pause % 960, 0);
}

#[tokio::test]
async fn a_client_that_tells_no_level_is_heard_beside_the_loudest() {
    let mut call = Call::of_four(1).await;
    call.set_levels([VOICE, None, NOISE, None]);
    call.until_withheld().await;
    call.forget();
    call.frames(20).await;
    call.until("cho hears all but itself", |call| {
        ["ann", "ben", "dai"]
            .iter()
            .all(|name| call.heard(2, name) >= 20)
    })
    .await;
    assert_eq!(call.heard(0, "cho"), 0);
}

#[tokio::test]
async fn nothing_is_withheld_when_it_is_off() {
    let mut call = Call::of_four(0).await;
    call.set_levels([NOISE; 4]);
    call.forget();
    call.frames(20).await;
    call.until("everybody hears everybody", |call| {
        (0..4).all(|listener| {
            let others = NAMES.iter().enumerate();
            let mut others = others.filter(|(at, _)| *at != listener);
            others.all(|(_, name)| call.heard(listener, name) >= 20)
        })
    })
    .await;
    assert_eq!(call.node.count("packets_withheld_total").await, 0);
}

struct Call {
    node: Node,
    callers: Vec<Caller>,
}

impl Call {
    /// Four who have all been heard by all: as long as nobody tells its level all are.
    async fn of_four(loudest: usize) -> Self {
        let limits = Limits {
            loudest,
            ..Limits::default()
        };
        let node = Node::start_with(limits, None).await;
        let mut callers = Vec::new();
        for name in NAMES {
            let mut caller = node.caller(name).await;
            caller.client.level = None;
            caller.publish("mic").await;
            callers.push(caller);
        }
        let mut call = Self { node, callers };
        let deadline = Instant::now() + PATIENCE;
        while (0..4).any(|listener| call.voices(listener).len() < 3) {
            assert!(Instant::now() < deadline, "not everybody heard everybody");
            call.frames(1).await;
        }
        call
    }

    fn set_levels(&mut self, levels: [Option<i8>; 4]) {
        for (caller, level) in self.callers.iter_mut().zip(levels) {
            caller.client.level = level;
        }
    }

    /// Everybody sends packets, so many.
    async fn frames(&mut self, count: usize) {
        for _ in 0..count {
            for (caller, name) in self.callers.iter_mut().zip(NAMES) {
                caller.client.speak(Instant::now(), "mic", name.as_bytes());
            }
            self.act().await;
        }
    }

    async fn act(&mut self) {
        for caller in &mut self.callers {
            caller.act().await;
        }
    }

    async fn until(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !done(self) {
            assert!(Instant::now() < deadline, "it never came to this: {what}");
            self.act().await;
        }
    }

    /// Lets everybody send until somebody's packets are withheld, and what is under way arrive.
    async fn until_withheld(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        while self.node.count("packets_withheld_total").await < 60 {
            assert!(Instant::now() < deadline, "nothing was withheld");
            self.frames(5).await;
        }
        let sent = self.node.count("packets_forwarded_total").await;
        self.until("all that was forwarded has arrived", |call| {
            let received = call
                .callers
                .iter()
                .map(|caller| caller.client.received.len());
            u64::try_from(received.sum::<usize>()).expect("few") >= sent
        })
        .await;
    }

    fn forget(&mut self) {
        for caller in &mut self.callers {
            caller.client.received.clear();
        }
    }

    fn heard(&self, listener: usize, name: &str) -> usize {
        self.voices(listener)
            .get(name.as_bytes())
            .copied()
            .unwrap_or(0)
    }

    /// How many packets of whom a listener has.
    fn voices(&self, listener: usize) -> BTreeMap<Vec<u8>, usize> {
        let mut voices = BTreeMap::new();
        for packet in &self.callers[listener].client.received {
            *voices.entry(packet.payload.to_vec()).or_default() += 1;
        }
        voices
    }

    fn offers(&self) -> Vec<u32> {
        self.callers.iter().map(|caller| caller.offers).collect()
    }
}
