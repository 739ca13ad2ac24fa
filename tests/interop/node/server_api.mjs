// LiveKit's own server SDK for Node against a media node: everything that takes no participant, and
// how refusals read. Starts a node and ends with 0 if all holds.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { RoomServiceClient, TwirpError } from "livekit-server-sdk";

const KEY = "key";
const SECRET = "a secret of a test, long enough for its key";
const WORKSPACE = "ws_1";
const PATIENCE_MS = 30_000;
const PROGRAM = process.env.KOEBA_NODE ?? "../../../target/debug/koeba-node";

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function started(port) {
  const env = { ...process.env, KOEBA_TOKEN_KEY_ID: KEY, KOEBA_TOKEN_SECRET: SECRET };
  const addresses = ["--signal-addr", `127.0.0.1:${port}`, "--media-addr", "127.0.0.1:0"];
  const node = spawn(PROGRAM, [...addresses, "--announce-ip", "127.0.0.1"], {
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined))) {
    assert.ok(Date.now() < deadline && node.exitCode === null, "the node does not start");
    await pause(20);
  }
  return node;
}

/** Derived as the node does it. */
function apiSecret() {
  return createHmac("sha256", SECRET).update(`koeba server api\0${WORKSPACE}`).digest("base64url");
}

function refused(call, status, code) {
  return assert.rejects(call, (error) => {
    assert.ok(error instanceof TwirpError, String(error));
    assert.deepEqual([error.status, error.code], [status, code], error.message);
    return true;
  });
}

async function administer(url) {
  const rooms = new RoomServiceClient(url, `${KEY}.${WORKSPACE}`, apiSecret());
  const opened = await rooms.createRoom({ name: "attic", metadata: "m", emptyTimeout: 60 });
  assert.deepEqual([opened.name, opened.metadata, opened.emptyTimeout], ["attic", "m", 60]);
  assert.equal(typeof opened.creationTime, "bigint");
  const changed = await rooms.updateRoomMetadata("attic", "agenda");
  assert.equal(changed.metadata, "agenda");
  assert.deepEqual(
    (await rooms.listRooms(["attic"])).map((room) => room.sid),
    [opened.sid],
  );
  assert.deepEqual(await rooms.listParticipants("attic"), []);
  await refused(rooms.getParticipant("attic", "nobody"), 404, "not_found");
  await refused(rooms.removeParticipant("attic", "nobody"), 404, "not_found");
  await refused(rooms.mutePublishedTrack("attic", "nobody", "TR_1", true), 404, "not_found");
  await refused(rooms.updateParticipant("attic", "nobody", { name: "n" }), 404, "not_found");
  await refused(rooms.updateSubscriptions("attic", "nobody", ["TR_1"], true), 404, "not_found");
  await refused(rooms.createRoom({ name: "" }), 400, "invalid_argument");
  await rooms.deleteRoom("attic");
  await refused(rooms.deleteRoom("attic"), 404, "not_found");
  const stranger = new RoomServiceClient(url, `${KEY}.${WORKSPACE}`, "x".repeat(43));
  await refused(stranger.listRooms(), 401, "unauthenticated");
}

const port = await freePort();
const node = await started(port);
try {
  await administer(`http://127.0.0.1:${port}`);
} finally {
  node.kill("SIGTERM");
}
console.error("the server API does what LiveKit's Node server SDK asks of it");
console.log("holds: server API");
