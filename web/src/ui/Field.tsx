import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

export interface FieldProps {
  label: string;
  value: Signal<string>;
  hint?: string | undefined;
  error?: string | undefined;
  type?: 'text' | 'email' | 'password';
  name?: string;
  class?: string;
  autocomplete?: string;
  autocapitalize?: 'off';
  inputMode?: 'email' | 'numeric';
  maxLength?: number;
  spellcheck?: boolean;
  required?: boolean;
  children?: ComponentChildren;
}

/** A labelled input with its hint and what the server said about it. */
export function Field({
  label,
  value,
  hint,
  error,
  children,
  type = 'text',
  ...input
}: FieldProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="field-box">
        <input
          {...input}
          // The view's types know one shape of input per literal type; here it is any of three.
          type={type as 'text'}
          id={id}
          value={value.value}
          onInput={(event) => {
            value.value = event.currentTarget.value;
          }}
          aria-invalid={error ? true : undefined}
          aria-describedby={described || undefined}
        />
        {children}
      </div>
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
