import { text } from '../../i18n';
import { Icon } from '../../ui/Icon';
import { callState, canShareScreen, screen, shareScreen } from '../../voice/voice';

/** Shows a screen to the room, or ends that; not there where a browser cannot. */
export function ScreenButton() {
  const t = text.value;
  if (!canShareScreen()) return null;
  const on = screen.value === 'on';
  return (
    <button
      type="button"
      class="share"
      aria-pressed={on}
      aria-busy={screen.value === 'asking' || undefined}
      aria-label={on ? t.screenStop : t.screenShare}
      title={on ? t.screenStop : t.screenShare}
      disabled={callState.value !== 'connected'}
      onClick={() => void shareScreen(!on)}
    >
      <Icon name={on ? 'screenOff' : 'screen'} />
    </button>
  );
}
