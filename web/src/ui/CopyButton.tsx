import { text } from '../i18n';
import { toast } from './Toast';

interface Props {
  value: string;
  label: string;
  /** What is copied, where it is shown in a form that is easier to read. */
  copy?: string;
}

/** Copies a short text, and shows it as well: it can be read out or selected by hand. */
export const CopyButton = ({ value, label, copy = value }: Props) => (
  <span class="copy">
    <code>{value}</code>
    <button
      type="button"
      class="button button-quiet button-small"
      onClick={() => {
        navigator.clipboard
          ?.writeText(copy)
          .then(() => toast(text.value.copied))
          .catch(() => {});
      }}
    >
      {label}
    </button>
  </span>
);
