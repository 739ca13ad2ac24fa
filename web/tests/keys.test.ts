import { expect, test } from 'vitest';
import {
  idle,
  type KeyAction,
  type KeyInput,
  type KeyState,
  step,
  takesKey,
} from '../src/voice/keys';

test('M switches the microphone, once per press', () => {
  expect(play([down('KeyM'), down('KeyM', { repeat: true }), up('KeyM')])).toEqual(['toggle']);
});

test('Space talks while it is held, and its repeats change nothing', () => {
  const held = [down('Space'), down('Space', { repeat: true }), down('Space', { repeat: true })];
  expect(play([...held, up('Space')])).toEqual(['talk-start', 'talk-stop']);
});

test('a held Space ends when the page loses focus, and its late release does nothing more', () => {
  expect(play([down('Space'), { type: 'lost' }, up('Space')])).toEqual(['talk-start', 'talk-stop']);
});

test('a held Space ends even when the keys are switched off or a field gets focus meanwhile', () => {
  const { state } = step(idle, down('Space'), true);
  expect(step(state, up('Space'), false).action).toBe('talk-stop');
  expect(step(state, down('Space', { repeat: true, taken: true }), true).consume).toBe(true);
});

test('keys that an input method, a field or a shortcut uses are left alone', () => {
  for (const reason of ['composing', 'taken', 'modified'] as const) {
    expect(play([down('KeyM', { [reason]: true }), down('Space', { [reason]: true })])).toEqual([]);
  }
});

test('keys that are switched off do nothing and are not consumed', () => {
  expect(step(idle, down('Space'), false)).toEqual({ state: idle, action: null, consume: false });
});

test('a held M that was pressed before the call does not switch in it', () => {
  expect(play([down('KeyM', { repeat: true })])).toEqual([]);
});

test('text fields take every key, buttons and sliders only Space', () => {
  expect(takesKey(element('INPUT', 'email'), 'KeyM')).toBe(true);
  expect(takesKey(element('TEXTAREA'), 'Space')).toBe(true);
  expect(takesKey(element('SELECT'), 'KeyM')).toBe(true);
  expect(takesKey(element('BUTTON'), 'Space')).toBe(true);
  expect(takesKey(element('BUTTON'), 'KeyM')).toBe(false);
  expect(takesKey(element('INPUT', 'checkbox'), 'KeyM')).toBe(false);
  expect(takesKey(element('INPUT', 'range'), 'Space')).toBe(true);
  expect(takesKey(element('BODY'), 'Space')).toBe(false);
});

function down(code: string, more: Partial<Extract<KeyInput, { type: 'down' }>> = {}): KeyInput {
  return {
    type: 'down',
    code,
    repeat: false,
    composing: false,
    modified: false,
    taken: false,
    ...more,
  };
}

function up(code: string): KeyInput {
  return { type: 'up', code };
}

function play(inputs: KeyInput[]): KeyAction[] {
  let state: KeyState = idle;
  const actions: KeyAction[] = [];
  for (const input of inputs) {
    const next = step(state, input, true);
    state = next.state;
    if (next.action) actions.push(next.action);
  }
  return actions;
}

/** As much of an element as the rule looks at. */
function element(tagName: string, type = ''): EventTarget {
  const closest = () => (tagName === 'BUTTON' ? {} : null);
  return { tagName, type, closest } as unknown as EventTarget;
}
