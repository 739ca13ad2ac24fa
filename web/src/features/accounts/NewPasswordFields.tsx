import { type Signal, useSignal } from '@preact/signals';
import { PasswordField } from '../../ui/PasswordField';
import { PasswordHintList } from './PasswordHintList';

interface Props {
  label: string;
  password: Signal<string>;
  error: string | undefined;
  email?: string;
  name?: Signal<string>;
}

/** A password that is to be chosen, with what is still missing while somebody types. */
export function NewPasswordFields({ label, password, error, email = '', name }: Props) {
  const address = useSignal(email);
  const nobody = useSignal('');
  return (
    <>
      <PasswordField
        label={label}
        value={password}
        error={error}
        name="new-password"
        autocomplete="new-password"
        required
      />
      <PasswordHintList password={password} email={address} name={name ?? nobody} />
    </>
  );
}
