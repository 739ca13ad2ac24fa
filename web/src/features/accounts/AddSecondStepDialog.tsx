import type { SecondStepMethod } from '../../api/views';
import { accountText } from '../../i18n/account';
import { Dialog } from '../../ui/Dialog';
import { AddSecondStep } from './AddSecondStep';
import { methodWords } from './methods';
import { begin, proveWith } from './session';

interface Props {
  method: SecondStepMethod;
  email: string;
  onAdded: () => void;
  onClose: () => void;
}

export const AddSecondStepDialog = ({ method, email, onAdded, onClose }: Props) => (
  <Dialog title={methodWords(method, accountText.value).name} onClose={onClose}>
    <AddSecondStep
      method={method}
      email={email}
      onCodes={proveWith}
      onAdded={(now) => {
        begin(now);
        onAdded();
        onClose();
      }}
    />
  </Dialog>
);
