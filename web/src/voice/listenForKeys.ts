import { effect } from '@preact/signals';
import { downInput, idle, type KeyInput, step } from './keys';
import { settings } from './settings';
import { callState, startTalking, stopTalking, toggleMicrophone } from './voice';

/** Lets M and Space work anywhere on the page while a call is on. */
export function listenForKeys(target: Window = window): void {
  let state = idle;
  const take = (input: KeyInput): boolean => {
    const next = step(state, input, settings.value.keys && callState.value !== 'idle');
    state = next.state;
    if (next.action === 'toggle') toggleMicrophone();
    else if (next.action === 'talk-start') startTalking();
    else if (next.action === 'talk-stop') stopTalking();
    return next.consume;
  };
  target.addEventListener('keydown', (event) => {
    if (!event.defaultPrevented && take(downInput(event))) event.preventDefault();
  });
  target.addEventListener('keyup', (event) => {
    if (take({ type: 'up', code: event.code })) event.preventDefault();
  });
  target.addEventListener('blur', () => take({ type: 'lost' }));
  target.document.addEventListener('visibilitychange', () => {
    if (target.document.visibilityState === 'hidden') take({ type: 'lost' });
  });
  effect(() => {
    if (callState.value === 'idle') take({ type: 'lost' });
  });
}
