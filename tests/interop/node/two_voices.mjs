// Two participants on LiveKit's own Node SDK: one speaks and writes, the other hears and reads. This SDK
// has nothing newer than DTLS 1.2, so its tokens allow that.
// Starts a throw-away Koeba and ends with 0 if all holds.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import {
  AudioFrame,
  AudioSource,
  AudioStream,
  dispose,
  LocalAudioTrack,
  Room,
  RoomEvent,
  TrackPublishOptions,
  TrackSource,
} from "@livekit/rtc-node";

const RUNNER = process.env.KOEBA_LOCAL ?? "../../../target/debug/koeba-local";
const PATIENCE_MS = 15_000;
const RATE = 48_000;
const FRAME = RATE / 100;
const TONE_HZ = 440;

async function until(condition, what) {
  const deadline = Date.now() + PATIENCE_MS;
  while (!condition()) {
    assert.ok(Date.now() < deadline, `in vain: ${what}`);
    await pause(20);
  }
}

async function koeba() {
  const web = "../../../target/interop-node/no-web-client";
  mkdirSync(web, { recursive: true });
  writeFileSync(`${web}/index.html`, "<!doctype html><title>none</title>");
  const ports = ["--http-addr", "127.0.0.1:0", "--media-addr", "127.0.0.1:0"];
  const runner = spawn(RUNNER, ["--in-memory", "--demo", ...ports, "--web-dir", web], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = await once(createInterface({ input: runner.stdout }), "line");
  return { runner, app: JSON.parse(line).app };
}

/** Says for the matrix of features and SDKs (docs/interop.md) that features were seen to work. */
function holds(...features) {
  for (const feature of features) console.log(`holds: ${feature}`);
}

/** Where to join, and with what. */
function ticket(app, identity) {
  const whom = ["--workspace", "demo", "--room", "lobby", "--identity", identity];
  const printed = execFileSync(RUNNER, ["token", "--app", app, ...whom, "--min-dtls", "1.2"]);
  const { url, token } = JSON.parse(printed);
  return [url, token];
}

/** Publishes a microphone that says the tone until `over` is set. */
async function speak(room, over) {
  const source = new AudioSource(RATE, 1);
  const track = LocalAudioTrack.createAudioTrack("tone", source);
  const options = new TrackPublishOptions();
  options.source = TrackSource.SOURCE_MICROPHONE;
  const publication = await room.localParticipant.publishTrack(track, options);
  const talking = (async () => {
    for (let at = 0; !over.now; at += FRAME) {
      const samples = Int16Array.from({ length: FRAME }, (_, one) =>
        Math.round(12_000 * Math.sin((2 * Math.PI * TONE_HZ * (at + one)) / RATE)),
      );
      await source.captureFrame(new AudioFrame(samples, RATE, 1, FRAME));
    }
  })();
  return { publication, talking };
}

/** How often a second what is heard goes from below to above zero, over one second of sound. */
async function heardHertz(track) {
  const reader = new AudioStream(track, RATE, 1).getReader();
  let [samples, rises, before] = [0, 0, 0];
  while (samples < RATE) {
    const { value, done } = await reader.read();
    assert.ok(!done, "the voice ended");
    const loud = value.data.some((sample) => Math.abs(sample) > 1_000);
    if (samples === 0 && !loud) continue;
    for (const sample of value.data) {
      if (before < 0 && sample >= 0) rises += 1;
      before = sample;
    }
    samples += value.data.length;
  }
  return (rises * RATE) / samples;
}

async function together(app) {
  const [speaker, listener] = [new Room(), new Room()];
  const heard = new Promise((resolve) => {
    listener.on(RoomEvent.TrackSubscribed, (track, _, from) => resolve([track, from.identity]));
  });
  const packets = [];
  listener.on(RoomEvent.DataReceived, (payload, from, _, topic) => {
    packets.push([Buffer.from(payload).toString(), from?.identity, topic]);
  });
  const gone = [];
  listener.on(RoomEvent.TrackUnsubscribed, (_, __, from) => gone.push(from.identity));
  const options = { autoSubscribe: true, dynacast: false };
  await listener.connect(...ticket(app, "listener"), options);
  await speaker.connect(...ticket(app, "speaker"), options);
  await until(() => listener.remoteParticipants.has("speaker"), "the roster shows the speaker");

  const over = { now: false };
  const { publication, talking } = await speak(speaker, over);
  const [track, identity] = await heard;
  assert.equal(identity, "speaker");
  const hertz = await heardHertz(track);
  assert.ok(Math.abs(hertz - TONE_HZ) < 5, `heard ${hertz} Hz`);
  holds("hears", "is heard");

  const { localParticipant: local } = speaker;
  await local.publishData(Buffer.from("hello"), { reliable: true, topic: "chat" });
  await until(() => packets.length === 1, "the message arrives");
  assert.deepEqual(packets[0], ["hello", "speaker", "chat"]);
  holds("data");

  listener.localParticipant.registerRpcMethod("greet", async (call) => `${call.callerIdentity} said ${call.payload}`);
  const answer = await local.performRpc({
    destinationIdentity: "listener",
    method: "greet",
    payload: "good morning",
  });
  assert.equal(answer, "speaker said good morning");
  holds("remote calls");

  over.now = true;
  await talking;
  await local.unpublishTrack(publication.sid);
  await until(() => gone.includes("speaker"), "the voice is taken back");
  await speaker.disconnect();
  await until(() => !listener.remoteParticipants.has("speaker"), "the speaker has left");
  await listener.disconnect();
}

const { runner, app } = await koeba();
try {
  await together(app);
} finally {
  runner.kill("SIGINT");
  await once(runner, "exit");
}
await dispose();
process.exit(0);
