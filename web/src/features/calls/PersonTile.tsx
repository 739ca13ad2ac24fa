import { useEffect, useRef } from 'preact/hooks';
import { locale, text } from '../../i18n';
import { Avatar } from '../../ui/Avatar';
import { Icon } from '../../ui/Icon';
import type { Person } from '../../voice/call';
import { canSetVolume } from '../../voice/devices';
import { change, settings } from '../../voice/settings';
import { ownFace, show, speaking } from '../../voice/voice';

export function PersonTile({ person }: { person: Person }) {
  const t = text.value;
  const talks = speaking.value.has(person.identity);
  const state = talks ? t.speaking : person.microphone ? t.micIsOn : t.micIsOff;
  return (
    <li
      class="tile"
      aria-label={`${person.name}${locale.value === 'ja' ? '、' : ', '}${state}`}
      data-speaking={talks}
    >
      {person.local && ownFace.value ? (
        <OwnFace id={ownFace.value.id} speaking={talks} />
      ) : (
        <Avatar id={person.identity} name={person.name} size="large" speaking={talks} />
      )}
      <span class="tile-name">
        {person.name}
        {person.local && <span class="tag">{t.you}</span>}
      </span>
      <span class="tile-state" data-on={person.microphone || undefined}>
        <Icon name={person.microphone ? 'mic' : 'micOff'} />
        {state}
      </span>
      {!person.local && canSetVolume && <Volume person={person} />}
    </li>
  );
}

/** One's own face, as in a mirror. */
function OwnFace({ id, speaking: talks }: { id: string; speaking: boolean }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => (video.current ? show(id, video.current) : undefined), [id]);
  return (
    <video
      class="own-face"
      ref={video}
      aria-label={text.value.cameraMine}
      data-speaking={talks || undefined}
      autoplay
      playsInline
      muted
    />
  );
}

function Volume({ person: { identity, name } }: { person: Person }) {
  const volume = settings.value.volumes[identity] ?? 1;
  return (
    <label class="volume">
      <Icon name="sound" />
      <input
        type="range"
        min={0}
        max={100}
        step={5}
        value={Math.round(volume * 100)}
        aria-label={text.value.volumeOf(name)}
        onInput={(event) => {
          const chosen = Number(event.currentTarget.value) / 100;
          change({ volumes: { ...settings.value.volumes, [identity]: chosen } });
        }}
      />
    </label>
  );
}
