import type { Signal } from '@preact/signals';
import { useId } from 'preact/hooks';

interface Props {
  label: string;
  value: Signal<string>;
  hint?: string;
  error?: string | undefined;
  rows?: number;
}

/** A field for a list, one a line. */
export function TextArea({ label, value, hint, error, rows = 3 }: Props) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        rows={rows}
        value={value.value}
        spellcheck={false}
        autocapitalize="off"
        aria-invalid={error ? true : undefined}
        aria-describedby={described || undefined}
        onInput={(event) => {
          value.value = event.currentTarget.value;
        }}
      />
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}
