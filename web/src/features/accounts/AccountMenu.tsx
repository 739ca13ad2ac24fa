import type { User } from '../../api/types';
import { text } from '../../i18n';
import { paths } from '../../paths';
import { Avatar } from '../../ui/Avatar';
import { Button } from '../../ui/Button';
import { ProblemNotice } from '../../ui/Notice';
import { Popover } from '../../ui/Popover';
import { useTask } from '../../ui/useTask';
import { session, signOut } from './session';

export function AccountMenu({ user }: { user: User }) {
  const t = text.value;
  const task = useTask();
  return (
    <Popover
      label={t.account}
      button={<Avatar id={user.id} name={user.display_name} size="small" />}
    >
      <div class="account">
        <Avatar id={user.id} name={user.display_name} />
        <div>
          <p class="account-name">{user.display_name}</p>
          <p class="quiet">{t.signedInAs(user.email)}</p>
        </div>
      </div>
      {session.value?.stage === 'full' && (
        <nav class="menu account-links" aria-label={t.account}>
          <a class="menu-item" href={paths.account}>
            {t.accountSettings}
          </a>
          <a class="menu-item" href={paths.accountDevices}>
            {t.myDevices}
          </a>
        </nav>
      )}
      <ProblemNotice problem={task.problem.value} />
      <Button icon="leave" busy={task.busy.value} onClick={() => void task.run(signOut)}>
        {t.signOut}
      </Button>
    </Popover>
  );
}
