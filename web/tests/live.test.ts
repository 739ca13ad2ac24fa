import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openLine, retryAfter } from '../src/features/live/line';
import { changesIn, withChanges } from '../src/features/rooms/notices';

const CREATED = '2026-04-01T09:00:00Z';
const room = (id: string, name: string, ...names: string[]) => ({
  id,
  name,
  created_at: CREATED,
  occupants: names.map((one) => ({ identity: `us_${one}`, name: one, since: CREATED })),
});

test('a list of rooms follows what is told, and stays in order', () => {
  const before = [room('rm_1', 'Lobby', 'Aiko'), room('rm_3', 'Library')];
  const { occupants: _, ...made } = room('rm_2', 'Kitchen');
  const { occupants: __, ...renamed } = room('rm_1', 'Hall');
  const after = withChanges(before, [
    { kind: 'room', room: made },
    { kind: 'room', room: renamed },
    { kind: 'occupants', room_id: 'rm_2', occupants: room('', '', 'Ken').occupants },
    { kind: 'occupants', room_id: 'rm_9', occupants: [] },
    { kind: 'room_gone', room_id: 'rm_3' },
    { kind: 'weather' } as never,
  ]);
  expect(after).toEqual([room('rm_1', 'Hall', 'Aiko'), room('rm_2', 'Kitchen', 'Ken')]);
});

test('what is not understood changes nothing, and what is too much is asked for', () => {
  expect(changesIn({ type: 'read_anew' })).toBe('all');
  for (const message of [null, 'x', {}, { type: 'pong' }, { type: 'changes' }]) {
    expect(changesIn(message)).toEqual([]);
  }
});

test('waiting grows, ends at half a minute, and differs from page to page', () => {
  expect([0, 1, 2].map((tries) => retryAfter(tries, 1))).toEqual([1000, 2000, 4000]);
  expect(retryAfter(50, 1)).toBe(30_000);
  expect(retryAfter(0, 0)).toBe(500);
});

/** A socket of which the test is the other end. */
class Socket {
  static readonly OPEN = 1;
  static all: Socket[] = [];
  readyState = 0;
  sent: string[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  constructor(readonly url: string) {
    Socket.all.push(this);
  }
  static get last(): Socket {
    return Socket.all[Socket.all.length - 1] as Socket;
  }
  send(text: string) {
    this.sent.push(text);
  }
  close() {
    this.readyState = 3;
  }
  opens() {
    this.readyState = Socket.OPEN;
    this.onopen?.();
  }
  says(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  breaks() {
    this.readyState = 3;
    this.onclose?.();
  }
}

const told: unknown[] = [];
const listener = {
  up: () => told.push('up'),
  down: () => told.push('down'),
  said: (message: unknown) => told.push(message),
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', Socket);
  Socket.all = [];
  told.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a line that breaks comes back by itself, and is quiet once it is stopped', () => {
  const line = openLine('ws://koeba/live', listener);
  Socket.last.opens();
  Socket.last.says({ type: 'changes', changes: [] });
  Socket.last.breaks();
  expect(told).toEqual(['up', { type: 'changes', changes: [] }, 'down']);
  vi.advanceTimersByTime(1_000);
  expect(Socket.all).toHaveLength(2);
  Socket.last.opens();
  expect(told.at(-1)).toBe('up');
  line.stop();
  Socket.last.breaks();
  vi.advanceTimersByTime(60_000);
  expect(Socket.all).toHaveLength(2);
  expect(told.at(-1)).toBe('up');
});

test('a line with nobody at the other end is given up and opened anew', () => {
  openLine('ws://koeba/live', listener);
  Socket.last.opens();
  vi.advanceTimersByTime(5 * 60_000);
  expect(Socket.last.sent).toEqual(['{"type":"ping"}']);
  Socket.last.says({ type: 'pong' });
  vi.advanceTimersByTime(5 * 60_000 - 1);
  expect(Socket.last.sent).toHaveLength(1);
  vi.advanceTimersByTime(1 + 10_000);
  expect(told.at(-1)).toBe('down');
  vi.advanceTimersByTime(1_000);
  expect(Socket.all).toHaveLength(2);
});

test('whoever may not be told any more asks why, and whoever looks again does not wait', () => {
  const line = openLine('ws://koeba/live', listener);
  Socket.last.opens();
  Socket.last.says({ type: 'gone' });
  expect(told).toEqual(['up', 'down']);
  line.check();
  expect(Socket.all).toHaveLength(2);
  vi.advanceTimersByTime(5_000);
  expect(Socket.all).toHaveLength(2);
});
