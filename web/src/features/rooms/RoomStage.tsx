import { text } from '../../i18n';
import { lazy } from '../../ui/lazy';
import { Skeleton } from '../../ui/Page';
import { callState, onStage, people } from '../../voice/voice';
import { PersonTile } from '../calls/PersonTile';
import { TalkButton } from '../calls/TalkButton';

const Pictures = lazy(() => import('../calls/Pictures').then((part) => part.Pictures));

/** A room from inside: what is shown, everybody, who is speaking, and one big button to talk. */
export function RoomStage() {
  const t = text.value;
  if (callState.value === 'joining') return <Skeleton label={t.callConnecting} rows={2} />;
  return (
    <div class="stage" data-pictures={onStage.value.length > 0 || undefined}>
      {onStage.value.length > 0 && <Pictures />}
      <ul class="tiles" aria-label={t.callPeople}>
        {people.value.map((person) => (
          <PersonTile key={person.identity} person={person} />
        ))}
      </ul>
      {people.value.length === 1 && <p class="quiet stage-alone">{t.roomAlone}</p>}
      <TalkButton />
    </div>
  );
}
