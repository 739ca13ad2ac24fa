import type { Signal } from '@preact/signals';
import { Field } from '../../ui/Field';

interface Props {
  label: string;
  value: Signal<string>;
  hint?: string | undefined;
  error?: string | undefined;
  /** Letters, too: a recovery code rather than figures. */
  letters?: boolean;
}

/** A code that can be pasted, typed in any width, or filled in by the browser. */
export const CodeField = ({ letters = false, ...field }: Props) => (
  <Field
    {...field}
    class="token"
    name="code"
    autocomplete={letters ? 'off' : 'one-time-code'}
    autocapitalize="off"
    spellcheck={false}
    required
    {...(letters ? {} : { inputMode: 'numeric' as const })}
  />
);
