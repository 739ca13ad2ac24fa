import { useSignal } from '@preact/signals';
import { text } from '../i18n';
import { Field, type FieldProps } from './Field';
import { Icon } from './Icon';

/** A password that can be looked at before it is sent. */
export function PasswordField(props: FieldProps) {
  const shown = useSignal(false);
  const t = text.value;
  return (
    <Field
      {...props}
      type={shown.value ? 'text' : 'password'}
      autocapitalize="off"
      spellcheck={false}
    >
      <button
        type="button"
        class="field-action"
        aria-label={shown.value ? t.hidePassword : t.showPassword}
        onClick={() => {
          shown.value = !shown.value;
        }}
      >
        <Icon name={shown.value ? 'eyeOff' : 'eye'} />
      </button>
    </Field>
  );
}
