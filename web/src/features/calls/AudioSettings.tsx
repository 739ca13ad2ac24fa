import { useSignal } from '@preact/signals';
import { text } from '../../i18n';
import { Icon } from '../../ui/Icon';
import { lazy } from '../../ui/lazy';
import { Popover } from '../../ui/Popover';

const AudioPanel = lazy(() => import('./AudioPanel').then((part) => part.AudioPanel));

export function AudioSettings() {
  const open = useSignal(false);
  return (
    <Popover
      label={text.value.audioSettings}
      button={<Icon name="settings" />}
      place="above"
      onToggle={(now) => {
        open.value = now;
      }}
    >
      {open.value && <AudioPanel />}
    </Popover>
  );
}
