import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Invitation } from '../../api/types';
import { locale, text } from '../../i18n';
import { formatDay } from '../../i18n/format';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { ProblemNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Page';
import { toast } from '../../ui/Toast';
import { useTask } from '../../ui/useTask';
import { roleName } from '../members/roles';
import { readInvitations, revoke } from './invitations';

/** What nobody has answered yet. */
export function InvitationList({ workspace }: { workspace: string }) {
  const t = text.value;
  const found = useSignal<readonly Invitation[] | null>(null);
  const task = useTask();
  const load = () =>
    task.run(async () => {
      found.value = (await readInvitations(workspace)).filter(({ state }) => state === 'pending');
    });
  useEffect(() => void load(), [workspace]);
  const takeBack = ({ id, email }: Invitation) =>
    task.run(async () => {
      await revoke(workspace, id);
      found.value = found.value?.filter((each) => each.id !== id) ?? null;
      toast(text.value.invitationRevoked(email));
    });
  return (
    <section class="section" aria-labelledby="pending-invitations">
      <h2 id="pending-invitations">{t.invitationsPending}</h2>
      <ProblemNotice problem={task.problem.value} />
      {found.value === null && !task.problem.value && <Skeleton label={t.loading} rows={1} />}
      {found.value?.length === 0 && <p class="quiet">{t.invitationsNone}</p>}
      {found.value && found.value.length > 0 && (
        <ul class="rows" aria-labelledby="pending-invitations">
          {found.value.map((invitation) => (
            <li key={invitation.id}>
              <Icon name="mail" />
              <span class="row-words">
                <span class="person-name">{invitation.email}</span>
                <span class="quiet">
                  {roleName(invitation.role, t)} ·{' '}
                  {t.invitationUntil(formatDay(locale.value, invitation.expires_at))}
                </span>
              </span>
              <Button
                small
                aria-label={t.invitationRevokeFor(invitation.email)}
                onClick={() => void takeBack(invitation)}
              >
                {t.invitationRevoke}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
