import type { SecondStepMethod, SignedInView } from '../../api/views';
import { AddEmailToken } from './AddEmailToken';
import { AddPasskey } from './AddPasskey';
import { AddTotp } from './AddTotp';

interface Props {
  method: SecondStepMethod;
  email: string;
  onCodes: (now: SignedInView) => void;
  onAdded: (now: SignedInView) => void;
}

/** Sets up one second step, whichever it is. */
export function AddSecondStep({ method, email, onCodes, onAdded }: Props) {
  if (method === 'passkey') return <AddPasskey onAdded={onAdded} />;
  if (method === 'totp') return <AddTotp onCodes={onCodes} onAdded={onAdded} />;
  return <AddEmailToken email={email} onAdded={onAdded} />;
}
