import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Member } from '../../api/types';
import { locale, text } from '../../i18n';
import { formatDay } from '../../i18n/format';
import { Avatar } from '../../ui/Avatar';
import { Button } from '../../ui/Button';
import { ProblemNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Page';
import { useTask } from '../../ui/useTask';
import { user } from '../accounts/session';
import { readMembers } from './members';
import { roleName } from './roles';

export function MemberTable({ workspace }: { workspace: string }) {
  const t = text.value;
  const found = useSignal<readonly Member[] | null>(null);
  const next = useSignal<string | null>(null);
  const task = useTask();
  const more = () =>
    task.run(async () => {
      const page = await readMembers(workspace, next.value);
      found.value = [...(found.value ?? []), ...page.items];
      next.value = page.next;
    });
  useEffect(() => void more(), [workspace]);
  return (
    <>
      <ProblemNotice problem={task.problem.value}>
        <Button small onClick={() => void more()}>
          {t.retry}
        </Button>
      </ProblemNotice>
      {found.value ? (
        <table class="table">
          <caption class="unseen">{t.members}</caption>
          <thead>
            <tr>
              <th scope="col">{t.memberName}</th>
              <th scope="col">{t.role}</th>
              <th scope="col" class="wide-only">
                {t.membersJoined}
              </th>
            </tr>
          </thead>
          <tbody>
            {found.value.map((member) => (
              <tr key={member.user_id}>
                <th scope="row">
                  <span class="person">
                    <Avatar id={member.user_id} name={member.display_name} />
                    <span class="person-words">
                      <span class="person-name">
                        {member.display_name}
                        {member.user_id === user.value?.id && <span class="tag">{t.you}</span>}
                      </span>
                      <span class="quiet">{member.email}</span>
                    </span>
                  </span>
                </th>
                <td>{roleName(member.role, t)}</td>
                <td class="wide-only quiet">{formatDay(locale.value, member.joined_at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        !task.problem.value && <Skeleton label={t.loading} />
      )}
      {next.value !== null && (
        <Button busy={task.busy.value} onClick={() => void more()}>
          {t.membersMore}
        </Button>
      )}
    </>
  );
}
