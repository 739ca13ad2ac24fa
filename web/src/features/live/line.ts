/** One WebSocket to the server that is kept up: it comes back by itself, and is known to be alive. */

/** The server ends a connection that was silent for ten minutes. */
const PING_MS = 5 * 60_000;
/** Within what a ping is answered; otherwise nobody is there, whatever the browser believes. */
const PONG_MS = 10_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

export interface Listener {
  /** It is up: what happened before was not told. */
  up(): void;
  /** It is down, or did not come up; the line tries again by itself. */
  down(): void;
  /** The server said something. */
  said(message: unknown): void;
}

export interface Line {
  /** Makes sure now that somebody is there: the network came back, or somebody looks again. */
  check(): void;
  stop(): void;
}

/** How long to wait before trying for the `tries`th time: longer each time, and never all at once. */
export const retryAfter = (tries: number, random = Math.random()): number =>
  Math.min(FIRST_RETRY_MS * 2 ** tries, LONGEST_RETRY_MS) * (0.5 + random / 2);

/** Opens a line to `address`. */
export function openLine(address: string, listener: Listener): Line {
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  let stopped = false;

  const isUp = () => socket?.readyState === WebSocket.OPEN;
  const after = (ms: number, act: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(act, ms);
  };

  const ping = () => {
    socket?.send(JSON.stringify({ type: 'ping' }));
    after(PONG_MS, () => drop());
  };

  /** Gives a connection up at once: one that is dead says so itself only minutes later. */
  const drop = () => {
    const dead = socket;
    if (!dead) return;
    forget(dead);
    dead.close();
    ended();
  };

  const forget = (one: WebSocket) => {
    one.onopen = one.onmessage = one.onclose = null;
    socket = undefined;
  };

  const ended = () => {
    clearTimeout(timer);
    if (stopped) return;
    after(retryAfter(tries), open);
    tries += 1;
    listener.down();
  };

  const open = () => {
    const fresh = new WebSocket(address);
    socket = fresh;
    fresh.onopen = () => {
      tries = 0;
      after(PING_MS, ping);
      listener.up();
    };
    fresh.onmessage = ({ data }) => {
      after(PING_MS, ping);
      const message = parse(data);
      if (message?.type === 'gone') drop();
      else listener.said(message);
    };
    fresh.onclose = () => {
      forget(fresh);
      ended();
    };
  };

  open();
  return {
    check() {
      if (stopped) return;
      if (isUp()) ping();
      else if (!socket) {
        clearTimeout(timer);
        open();
      }
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      const last = socket;
      if (!last) return;
      forget(last);
      last.close();
    },
  };
}

function parse(data: unknown): { type?: unknown } | null {
  try {
    return typeof data === 'string' ? JSON.parse(data) : null;
  } catch {
    return null;
  }
}
