import { text } from '../../i18n';
import { Icon } from '../../ui/Icon';
import { callState, camera, showCamera } from '../../voice/voice';

/** Shows one's face to the room, or ends that. */
export function CameraButton() {
  const t = text.value;
  const on = camera.value === 'on';
  return (
    <button
      type="button"
      class="share"
      aria-pressed={on}
      aria-busy={camera.value === 'asking' || undefined}
      aria-label={on ? t.cameraStop : t.cameraStart}
      title={on ? t.cameraStop : t.cameraStart}
      disabled={callState.value !== 'connected'}
      onClick={() => void showCamera(!on)}
    >
      <Icon name={on ? 'camera' : 'cameraOff'} />
    </button>
  );
}
