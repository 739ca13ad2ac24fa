/** What the keyboard does in a call: M switches the microphone, Space talks while it is held. */
export type KeyAction = 'toggle' | 'talk-start' | 'talk-stop';

export interface KeyState {
  /** Space is down and was taken as "talk". */
  readonly held: boolean;
}

export const idle: KeyState = { held: false };

export type KeyInput =
  | {
      readonly type: 'down';
      readonly code: string;
      readonly repeat: boolean;
      readonly composing: boolean;
      readonly modified: boolean;
      /** What has focus would use the key itself: a field, or for Space also a button or a link. */
      readonly taken: boolean;
    }
  | { readonly type: 'up'; readonly code: string }
  /** The page lost focus, was hidden, or the call ended: nobody can see the key come up. */
  | { readonly type: 'lost' };

export interface KeyStep {
  readonly state: KeyState;
  readonly action: KeyAction | null;
  /** The browser must not use the key as well (Space scrolls). */
  readonly consume: boolean;
}

const stay = (state: KeyState, consume = false): KeyStep => ({ state, action: null, consume });

export function step(state: KeyState, input: KeyInput, enabled: boolean): KeyStep {
  if (input.type === 'lost') {
    return state.held ? { state: idle, action: 'talk-stop', consume: false } : stay(state);
  }
  if (input.type === 'up') {
    if (input.code !== 'Space' || !state.held) return stay(state);
    return { state: idle, action: 'talk-stop', consume: true };
  }
  // A held Space repeats; the repeats are ours as well, whatever got focus meanwhile.
  if (state.held && input.code === 'Space') return stay(state, true);
  if (!enabled || input.composing || input.modified || input.taken || input.repeat) {
    return stay(state);
  }
  if (input.code === 'KeyM') return { state, action: 'toggle', consume: true };
  if (input.code === 'Space') return { state: { held: true }, action: 'talk-start', consume: true };
  return stay(state);
}

const TEXT_INPUT = /^(text|search|email|password|tel|url|number|date|time)$/;

/** Whether the focused element needs this key for itself. */
export function takesKey(target: EventTarget | null, code: string): boolean {
  const element = target as (Element & { type?: string; isContentEditable?: boolean }) | null;
  if (!element?.tagName) return false;
  if (element.isContentEditable) return true;
  const tag = element.tagName;
  if (tag === 'TEXTAREA' || tag === 'SELECT') return true;
  if (tag === 'INPUT' && (code === 'Space' || TEXT_INPUT.test(element.type ?? 'text'))) return true;
  if (code !== 'Space') return false;
  return element.closest?.('button, a[href], summary, [role="button"], [role="slider"]') != null;
}

export function downInput(event: KeyboardEvent): KeyInput {
  return {
    type: 'down',
    code: event.code,
    repeat: event.repeat,
    // 229 is what browsers report for a key that an input method has taken.
    composing: event.isComposing || event.keyCode === 229,
    modified: event.ctrlKey || event.metaKey || event.altKey,
    taken: takesKey(event.target, event.code),
  };
}
