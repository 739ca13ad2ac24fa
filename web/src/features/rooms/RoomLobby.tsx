import type { Room, Workspace } from '../../api/types';
import { locale, text } from '../../i18n';
import { formatSince } from '../../i18n/format';
import { Avatar } from '../../ui/Avatar';
import { Button } from '../../ui/Button';
import { SoundField } from '../../ui/Logo';
import { warmUp } from '../../voice/voice';
import { enter } from './enter';

/** A room from outside: who is in it, and the way in. */
export function RoomLobby({ workspace, room }: { workspace: Workspace; room: Room }) {
  const t = text.value;
  const now = new Date();
  return (
    <div class="lobby">
      {room.occupants.length === 0 ? (
        <>
          <SoundField />
          <p class="lead">{t.roomEmptyLead}</p>
        </>
      ) : (
        <ul class="tiles" aria-label={t.callPeople}>
          {room.occupants.map(({ identity, name, since }) => (
            <li key={identity} class="tile tile-outside" aria-label={name}>
              <Avatar id={identity} name={name} size="large" />
              <span class="tile-name">{name}</span>
              <span class="quiet">{formatSince(locale.value, since, now)}</span>
            </li>
          ))}
        </ul>
      )}
      <Button
        kind="primary"
        class="button-large"
        icon="door"
        onPointerEnter={warmUp}
        onFocus={warmUp}
        onClick={() => enter(workspace.id, room)}
      >
        {t.roomEnter}
      </Button>
    </div>
  );
}
