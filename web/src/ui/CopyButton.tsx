import { text } from '../i18n';
import { toast } from './Toast';

/** Copies a short text, and shows it as well: it can be read out or selected by hand. */
export const CopyButton = ({ value, label }: { value: string; label: string }) => (
  <span class="copy">
    <code>{value}</code>
    <button
      type="button"
      class="button button-quiet button-small"
      onClick={() => {
        navigator.clipboard
          ?.writeText(value)
          .then(() => toast(text.value.copied))
          .catch(() => {});
      }}
    >
      {label}
    </button>
  </span>
);
