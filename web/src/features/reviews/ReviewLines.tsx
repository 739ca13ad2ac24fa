import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { ReviewDetail, ReviewLine } from '../../api/adminViews';
import type { Workspace } from '../../api/types';
import { locale, text } from '../../i18n';
import { adminText } from '../../i18n/admin';
import { Avatar } from '../../ui/Avatar';
import { Button } from '../../ui/Button';
import { ProblemNotice } from '../../ui/Notice';
import { useTask } from '../../ui/useTask';
import { since, stateName, stepNames } from '../members/facts';
import { roleName } from '../members/roles';
import { decide, decided, nextOpen, type Verdict } from './reviews';
import { VerdictDialog } from './VerdictDialog';
import { decisionWords, nameOf } from './words';

interface Props {
  workspace: Workspace;
  review: ReviewDetail;
  onDecided: (lines: readonly ReviewLine[]) => void;
}

/** Every account with its three answers. After an answer, the next open account has the focus. */
export function ReviewLines({ workspace, review, onDecided }: Props) {
  const a = adminText.value;
  const list = useRef<HTMLUListElement>(null);
  const asking = useSignal<{ line: ReviewLine; decision: 'change' | 'remove' } | null>(null);
  const task = useTask();
  const focusOn = (user: string | null) => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>('[data-user]') ?? [])];
    const row = rows.find((each) => each.dataset['user'] === user);
    (row?.querySelector<HTMLElement>('button') ?? document.getElementById('review-done'))?.focus();
  };
  const put = async (line: ReviewLine, verdict: Verdict) => {
    await decide(workspace.id, review.id, line.user_id, verdict);
    const after = decided(review.items, line.user_id, verdict);
    onDecided(after);
    // A closing dialog gives the focus back to its button first.
    setTimeout(() => focusOn(nextOpen(after, line.user_id)), 50);
  };
  return (
    <>
      <ProblemNotice problem={task.problem.value} />
      <ul class="review-lines" aria-label={a.reviewAccounts} ref={list}>
        {review.items.map((line) => (
          <Line
            key={line.user_id}
            line={line}
            busy={task.busy.value}
            onKeep={() => void task.run(() => put(line, { decision: 'keep' }))}
            onAsk={(decision) => {
              asking.value = { line, decision };
            }}
          />
        ))}
      </ul>
      {asking.value && (
        <VerdictDialog
          workspace={workspace}
          {...asking.value}
          onDecide={(verdict) => put(asking.value?.line as ReviewLine, verdict)}
          onClose={() => {
            asking.value = null;
          }}
        />
      )}
    </>
  );
}

interface LineProps {
  line: ReviewLine;
  busy: boolean;
  onKeep: () => void;
  onAsk: (decision: 'change' | 'remove') => void;
}

function Line({ line, busy, onKeep, onAsk }: LineProps) {
  const t = text.value;
  const a = adminText.value;
  const name = nameOf(line);
  const pressed = (decision: ReviewLine['decision']) => line.decision === decision;
  return (
    <li data-user={line.user_id} data-decision={line.decision ?? undefined}>
      <span class="person">
        <Avatar id={line.user_id} name={name} />
        <span class="person-words">
          <span class="person-name">
            {name}
            <span class="tag">{roleName(line.role, t)}</span>
            {line.state === 'deactivated' && (
              <span class="tag tag-refused">{stateName(line.state, a)}</span>
            )}
          </span>
          <span class="quiet">{line.email ?? a.belongsNoMore}</span>
          <span class="quiet">
            {a.lastSignIn}
            {a.colon}
            {since(locale.value, line.last_sign_in_at, a.never)} · {a.secondSteps}
            {a.colon}
            {stepNames(line, a)} · {a.passwordChanged}
            {a.colon}
            {since(locale.value, line.password_changed_at, a.unknown)}
          </span>
          {line.decision && (
            <span class="quiet">
              {decisionWords(line, a, t)}
              {line.note && ` — ${line.note}`}
            </span>
          )}
        </span>
      </span>
      <span class="verdicts" role="group" aria-label={a.decisionFor(name)}>
        <Button small busy={busy} aria-pressed={pressed('keep')} onClick={onKeep}>
          {a.keep}
        </Button>
        {line.role !== 'owner' && (
          <>
            <Button small aria-pressed={pressed('change')} onClick={() => onAsk('change')}>
              {a.change}
            </Button>
            <Button small aria-pressed={pressed('remove')} onClick={() => onAsk('remove')}>
              {a.remove}
            </Button>
          </>
        )}
      </span>
    </li>
  );
}
