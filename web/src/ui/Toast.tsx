import { signal } from '@preact/signals';

const SHOWN_MS = 5000;

const message = signal('');
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says something in passing: to be seen for a moment, and to be heard by a screen reader. */
export function toast(words: string): void {
  clearTimeout(timer);
  message.value = words;
  timer = setTimeout(() => {
    message.value = '';
  }, SHOWN_MS);
}

export const Toaster = () => (
  <div class="toaster" role="status" aria-live="polite">
    {message.value && <p class="toast">{message.value}</p>}
  </div>
);
