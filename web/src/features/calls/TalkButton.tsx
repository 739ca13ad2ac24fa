import { text } from '../../i18n';
import { Icon } from '../../ui/Icon';
import {
  holding,
  microphone,
  startTalking,
  stopTalking,
  switchMicrophone,
  toggleMicrophone,
} from '../../voice/voice';

const isHoldKey = (event: KeyboardEvent) => event.code === 'Space' || event.code === 'Enter';

/** Held, it talks; when the microphone is on anyway, a press switches it off. */
export function TalkButton() {
  const t = text.value;
  const open = microphone.value === 'on' && !holding.value;
  const down = (event: KeyboardEvent) => {
    if (!isHoldKey(event)) return;
    event.preventDefault();
    if (event.repeat) return;
    if (open) void switchMicrophone(false);
    else startTalking();
  };
  const up = (event: KeyboardEvent) => {
    if (!isHoldKey(event)) return;
    event.preventDefault();
    stopTalking();
  };
  return (
    <button
      type="button"
      class="talk"
      data-on={microphone.value === 'on' || undefined}
      data-open={open || undefined}
      onPointerDown={(event) => {
        if (open || event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        startTalking();
      }}
      onPointerUp={stopTalking}
      onPointerCancel={stopTalking}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={down}
      onKeyUp={up}
      onBlur={stopTalking}
      onClick={(event) => {
        // A click without a pointer comes from assistive technology, which cannot hold.
        if (open) void switchMicrophone(false);
        else if (event.detail === 0) toggleMicrophone();
      }}
    >
      <Icon name={microphone.value === 'on' ? 'mic' : 'micOff'} />
      <span>{holding.value ? t.talkButtonActive : open ? t.talkButtonOpen : t.talkButton}</span>
    </button>
  );
}
