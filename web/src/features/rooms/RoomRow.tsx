import type { Room, Workspace } from '../../api/types';
import { text } from '../../i18n';
import { paths } from '../../paths';
import { path } from '../../router';
import { Avatar } from '../../ui/Avatar';
import { callState, place, warmUp } from '../../voice/voice';
import { enter } from './enter';
import { facesOf } from './occupants';

const SHOWN = 5;

export function RoomRow({ workspace, room }: { workspace: Workspace; room: Room }) {
  const t = text.value;
  const faces = facesOf(room);
  const here = place.value?.roomId === room.id;
  const address = paths.room(workspace.id, room.id);
  return (
    <li class="room" data-here={here || undefined} data-live={faces.length > 0 || undefined}>
      <a
        class="room-name"
        href={address}
        aria-current={path.value === address ? 'page' : undefined}
      >
        {room.name}
      </a>
      {here ? (
        <span class="room-state">{callState.value === 'joining' ? t.roomJoining : t.roomIn}</span>
      ) : (
        <button
          type="button"
          class="room-join"
          aria-label={t.roomJoinNamed(room.name)}
          onPointerEnter={warmUp}
          onFocus={warmUp}
          onClick={() => enter(workspace.id, room)}
        >
          {t.roomJoin}
        </button>
      )}
      {faces.length > 0 && (
        <ul class="faces" aria-label={t.roomOccupants(room.name)}>
          {faces.map(({ identity, name, speaking }, index) => (
            <li key={identity} class={index < SHOWN ? undefined : 'unseen'}>
              <Avatar id={identity} name={name} size="small" speaking={speaking} />
              <span class="face-name">{name}</span>
            </li>
          ))}
          {faces.length > SHOWN && (
            <li class="faces-more" aria-hidden="true">
              +{faces.length - SHOWN}
            </li>
          )}
        </ul>
      )}
    </li>
  );
}
