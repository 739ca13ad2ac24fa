import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type Catalogue, text } from '../../i18n';
import { paths } from '../../paths';
import { Icon } from '../../ui/Icon';
import { lazy } from '../../ui/lazy';
import { toast } from '../../ui/Toast';
import { callState, leave, microphone, place, quality, toggleMicrophone } from '../../voice/voice';
import { AudioSettings } from './AudioSettings';
import { CameraButton } from './CameraButton';
import { ScreenButton } from './ScreenButton';

const ConnectionDialog = lazy(() =>
  import('./ConnectionDialog').then((part) => part.ConnectionDialog),
);

/** The call, wherever in the application one is. */
export function VoiceBar() {
  const t = text.value;
  const details = useSignal(false);
  const state = callState.value;
  useEffect(() => {
    if (state === 'connected' && place.value) toast(text.value.callJoined(place.value.roomName));
  }, [state === 'connected']);
  const at = place.value;
  if (!at) return null;
  const word = qualityWord(t);
  return (
    <section class="voice-bar" aria-label={t.call} data-state={state}>
      <div class="voice-where">
        <button
          type="button"
          class="quality"
          data-quality={state === 'reconnecting' ? 'lost' : quality.value}
          aria-label={t.quality(word)}
          title={t.quality(word)}
          onClick={() => {
            details.value = true;
          }}
        >
          <Icon name="pulse" />
          <span class="quality-dot" />
        </button>
        <div class="voice-words">
          <a class="voice-room" href={paths.room(at.workspaceId, at.roomId)}>
            {at.roomName}
          </a>
          <p class="voice-state" aria-live="polite">
            {stateWords(t)}
          </p>
        </div>
      </div>
      <div class="voice-middle">
        <button
          type="button"
          class="microphone"
          aria-pressed={microphone.value === 'on'}
          aria-busy={microphone.value === 'asking' || undefined}
          aria-keyshortcuts="M"
          disabled={state === 'joining'}
          onClick={(event) => {
            toggleMicrophone();
            // After a click of the mouse, Space is for talking and not for this button again.
            if (event.detail > 0) event.currentTarget.blur();
          }}
        >
          <Icon name={microphone.value === 'on' ? 'mic' : 'micOff'} />
          <span>
            {t.microphone} {microphone.value === 'on' ? t.microphoneOn : t.microphoneOff}
          </span>
        </button>
        <span class="voice-hint wide-only" aria-hidden="true">
          <kbd>Space</kbd> {t.keyTalk}
        </span>
      </div>
      <div class="voice-end">
        <CameraButton />
        <ScreenButton />
        <AudioSettings />
        <button
          type="button"
          class="leave"
          aria-label={t.callLeave}
          onClick={() => {
            leave();
            toast(text.value.callLeft);
          }}
        >
          <Icon name="leave" />
          <span class="button-text">{t.callLeave}</span>
        </button>
      </div>
      {details.value && (
        <ConnectionDialog
          onClose={() => {
            details.value = false;
          }}
        />
      )}
    </section>
  );
}

function qualityWord(t: Catalogue): string {
  if (callState.value === 'reconnecting') return t.qualityLost;
  return {
    excellent: t.qualityExcellent,
    good: t.qualityGood,
    poor: t.qualityPoor,
    lost: t.qualityLost,
    unknown: t.qualityUnknown,
  }[quality.value];
}

function stateWords(t: Catalogue): string {
  if (callState.value === 'joining') return t.callConnecting;
  if (callState.value === 'reconnecting') return t.callReconnecting;
  if (microphone.value === 'asking') return t.callAsking;
  return microphone.value === 'on' ? t.callTalking : t.callListening;
}
