import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { MemberView } from '../../api/adminViews';
import type { Workspace } from '../../api/types';
import { locale, text } from '../../i18n';
import { adminText } from '../../i18n/admin';
import { formatMoment } from '../../i18n/format';
import { paths } from '../../paths';
import { Drawer } from '../../ui/Drawer';
import { Facts } from '../../ui/Facts';
import { Notice, ProblemNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Page';
import { useTask } from '../../ui/useTask';
import { AuditExcerpt } from '../audit/AuditExcerpt';
import { since, stateName, stepNames } from './facts';
import { MemberActions } from './MemberActions';
import { readMember } from './members';
import { roleName } from './roles';

interface Props {
  workspace: Workspace;
  memberId: string;
  onChanged: () => void;
  onClose: () => void;
}

/** One member: what is known, what can be done, and what was done. */
export function MemberDrawer({ workspace, memberId, onChanged, onClose }: Props) {
  const t = text.value;
  const a = adminText.value;
  const member = useSignal<MemberView | null>(null);
  /** What was just done, to be read where the eyes are. */
  const done = useSignal('');
  const excerpt = useSignal(0);
  const task = useTask();
  useEffect(() => {
    void task.run(async () => {
      member.value = await readMember(workspace.id, memberId);
    });
  }, [memberId]);
  const found = member.value;
  return (
    <Drawer title={found?.display_name ?? a.member} onClose={onClose}>
      <ProblemNotice problem={task.problem.value} />
      {!found && !task.problem.value && <Skeleton label={t.loading} />}
      {done.value && <Notice title={done.value} tone="info" />}
      {found && (
        <>
          <p class="quiet">{found.email}</p>
          <Facts
            label={a.memberFacts}
            facts={[
              [t.role, roleName(found.role, t)],
              [a.state, stateName(found.state, a)],
              [t.membersJoined, formatMoment(locale.value, found.joined_at)],
              [
                a.lastSignIn,
                found.last_sign_in_at ? formatMoment(locale.value, found.last_sign_in_at) : a.never,
              ],
              [a.secondSteps, stepNames(found, a)],
              [a.passwordChanged, since(locale.value, found.password_changed_at, a.unknown)],
              ...(found.responsible ? [[a.responsible, a.responsibleYes] as const] : []),
            ]}
          />
          <p class="quiet">{a.passwordNever}</p>
          <MemberActions
            workspace={workspace}
            member={found}
            onDone={(after, words) => {
              onChanged();
              if (!after) return onClose();
              member.value = after;
              done.value = words;
              excerpt.value += 1;
            }}
          />
          <AuditExcerpt
            key={excerpt.value}
            workspace={workspace.id}
            subject={memberId}
            allHref={`${paths.audit(workspace.id)}?subject=${encodeURIComponent(memberId)}`}
          />
        </>
      )}
    </Drawer>
  );
}
