import { mayManage, type Workspace } from '../api/types';
import { user } from '../features/accounts/session';
import { rooms } from '../features/rooms/rooms';
import { text } from '../i18n';
import { SoundField } from '../ui/Logo';
import { PageTitle } from '../ui/Page';

const greeting = (hour: number) =>
  hour >= 5 && hour < 11 ? 'homeMorning' : hour >= 11 && hour < 18 ? 'homeDay' : 'homeEvening';

export function HomePage({ workspace }: { workspace: Workspace }) {
  const t = text.value;
  const name = user.value?.display_name ?? '';
  const inRooms = rooms.value?.reduce((sum, { occupants }) => sum + occupants.length, 0) ?? 0;
  const empty = rooms.value?.length === 0;
  return (
    <div class="home">
      <SoundField />
      <PageTitle title={workspace.name}>{t[greeting(new Date().getHours())](name)}</PageTitle>
      <p class="lead">
        {empty
          ? mayManage(workspace.role)
            ? t.roomsEmptyManager
            : t.roomsEmptyMember
          : t.homeLead}
      </p>
      {rooms.value && !empty && (
        <p class="home-now" data-live={inRooms > 0 || undefined}>
          {inRooms > 0 ? t.homeTalking(inRooms) : t.homeQuiet}
        </p>
      )}
      <dl class="keys" aria-label={t.homeKeys}>
        <div>
          <dt>
            <kbd>M</kbd>
          </dt>
          <dd>{t.keyMute}</dd>
        </div>
        <div>
          <dt>
            <kbd>Space</kbd>
          </dt>
          <dd>{t.keyTalk}</dd>
        </div>
      </dl>
    </div>
  );
}
