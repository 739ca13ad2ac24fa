import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { text } from '../../i18n';
import { Select } from '../../ui/Select';
import { Switch } from '../../ui/Switch';
import {
  cameras,
  canChooseSpeaker,
  microphones,
  speakers,
  watchDevices,
} from '../../voice/devices';
import { watchLevel } from '../../voice/level';
import { change, settings } from '../../voice/settings';
import { camera, microphone, microphoneTrack } from '../../voice/voice';

/** What the microphone and the speaker are, and how they behave. */
export function AudioPanel() {
  const t = text.value;
  const now = settings.value;
  useEffect(watchDevices, [microphone.value, camera.value]);
  return (
    <div class="audio-settings">
      <Select
        label={t.microphone}
        value={now.microphone}
        onChoose={(chosen) => change({ microphone: chosen })}
      >
        <option value="">{t.microphoneDefault}</option>
        {microphones.value.map(({ deviceId, label }, index) => (
          <option key={deviceId} value={deviceId}>
            {label || t.microphoneUnnamed(index + 1)}
          </option>
        ))}
      </Select>
      <Level />
      {canChooseSpeaker && speakers.value.length > 0 && (
        <Select
          label={t.speaker}
          value={now.speaker}
          onChoose={(chosen) => change({ speaker: chosen })}
        >
          <option value="">{t.microphoneDefault}</option>
          {speakers.value.map(({ deviceId, label }, index) => (
            <option key={deviceId} value={deviceId}>
              {label || t.speakerUnnamed(index + 1)}
            </option>
          ))}
        </Select>
      )}
      {cameras.value.length > 0 && (
        <Select
          label={t.camera}
          value={now.camera}
          onChoose={(chosen) => change({ camera: chosen })}
        >
          <option value="">{t.microphoneDefault}</option>
          {cameras.value.map(({ deviceId, label }, index) => (
            <option key={deviceId} value={deviceId}>
              {label || t.cameraUnnamed(index + 1)}
            </option>
          ))}
        </Select>
      )}
      <div class="switches">
        <Switch
          label={t.settingNoise}
          on={now.noiseSuppression}
          onSwitch={(on) => change({ noiseSuppression: on })}
        />
        <Switch
          label={t.settingEcho}
          on={now.echoCancellation}
          onSwitch={(on) => change({ echoCancellation: on })}
        />
        <Switch
          label={t.settingGain}
          on={now.autoGainControl}
          onSwitch={(on) => change({ autoGainControl: on })}
        />
        <Switch
          label={t.settingEnterOn}
          on={now.enterOn}
          onSwitch={(on) => change({ enterOn: on })}
        />
        <Switch
          label={t.settingKeys}
          hint={t.settingKeysHint}
          on={now.keys}
          onSwitch={(on) => change({ keys: on })}
        />
      </div>
    </div>
  );
}

function Level() {
  const level = useSignal(0);
  const track = microphone.value === 'asking' ? null : microphoneTrack();
  useEffect(() => {
    if (!track) return;
    return watchLevel(track, (now) => {
      level.value = now;
    });
  }, [track]);
  if (!track) return null;
  return (
    <div class="level">
      <meter aria-label={text.value.microphoneLevel} min={0} max={1} value={level.value} />
      <p class="field-hint">{text.value.microphoneLevelHint}</p>
    </div>
  );
}
