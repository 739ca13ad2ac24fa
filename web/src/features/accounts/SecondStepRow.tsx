import type { SecondStepMethod } from '../../api/views';
import { accountText } from '../../i18n/account';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { methodWords } from './methods';

interface Props {
  method: SecondStepMethod;
  name: string;
  state: string;
  more?: string;
  onAdd?: () => void;
  onRemove?: () => void;
  onRenew?: () => void;
}

export function SecondStepRow({ method, name, state, more, onAdd, onRemove, onRenew }: Props) {
  const t = accountText.value;
  return (
    <li>
      <Icon name={methodWords(method, t).icon} />
      <div class="row-words">
        <p class="row-name">{name}</p>
        <p class="quiet">{[state, more].filter(Boolean).join(' · ')}</p>
      </div>
      {onAdd && (
        <Button small aria-label={t.addNamed(name)} onClick={onAdd}>
          {t.add}
        </Button>
      )}
      {onRemove && (
        <Button small kind="quiet" aria-label={t.removeNamed(name)} onClick={onRemove}>
          {t.remove}
        </Button>
      )}
      {onRenew && (
        <Button small onClick={onRenew}>
          {t.codesNew}
        </Button>
      )}
    </li>
  );
}
