import { useSignal } from '@preact/signals';
import { mayListMembers, mayManage, type Workspace } from '../api/types';
import { ImportDialog } from '../features/invitations/ImportDialog';
import { InvitationList } from '../features/invitations/InvitationList';
import { InviteDialog } from '../features/invitations/InviteDialog';
import { LinkDialog } from '../features/invitations/LinkDialog';
import { LinkList } from '../features/invitations/LinkList';
import { MemberDrawer } from '../features/members/MemberDrawer';
import { MemberFilterBar } from '../features/members/MemberFilterBar';
import { MemberTable } from '../features/members/MemberTable';
import { exportMembers } from '../features/members/members';
import { ResponsibleCard } from '../features/members/ResponsibleCard';
import { text } from '../i18n';
import { adminText } from '../i18n/admin';
import { query } from '../router';
import { putInAddress } from '../ui/address';
import { Button } from '../ui/Button';
import { ProblemNotice } from '../ui/Notice';
import { PageTitle } from '../ui/Page';
import { useTask } from '../ui/useTask';
import { AdminFrame, ForManagers } from './AdminFrame';

export function MembersPage({ workspace }: { workspace: Workspace }) {
  const t = text.value;
  if (!mayListMembers(workspace.role))
    return <ForManagers workspace={workspace} title={t.members} />;
  if (mayManage(workspace.role)) return <ForManaging workspace={workspace} />;
  return (
    <div class="page">
      <div class="page-head">
        <PageTitle title={t.members} />
      </div>
      <MemberFilterBar manages={false} />
      <MemberTable workspace={workspace} changed={0} />
    </div>
  );
}

function ForManaging({ workspace }: { workspace: Workspace }) {
  const t = text.value;
  const a = adminText.value;
  const asking = useSignal<'mail' | 'link' | 'import' | null>(null);
  /** Rise when something was sent or somebody was changed, so that the lists read themselves again. */
  const sent = useSignal(0);
  const changed = useSignal(0);
  const exporting = useTask();
  const member = query.value.get('member');
  const close = () => {
    asking.value = null;
  };
  const again = (signal: typeof sent) => () => {
    signal.value += 1;
  };
  const dialog = { workspace, onSent: again(sent), onClose: close };
  return (
    <AdminFrame
      workspace={workspace}
      title={t.members}
      actions={
        <span class="head-actions">
          <Button
            busy={exporting.busy.value}
            onClick={() => void exporting.run(() => exportMembers(workspace.id))}
          >
            {a.exportCsv}
          </Button>
          <Button onClick={() => void (asking.value = 'import')}>{a.importOpen}</Button>
          <Button icon="door" onClick={() => void (asking.value = 'link')}>
            {a.linkOpen}
          </Button>
          <Button kind="primary" icon="mail" onClick={() => void (asking.value = 'mail')}>
            {t.invite}
          </Button>
        </span>
      }
    >
      <ProblemNotice problem={exporting.problem.value} />
      <MemberFilterBar manages />
      <MemberTable workspace={workspace} changed={changed.value} />
      <ResponsibleCard workspace={workspace} onNamed={again(changed)} />
      <InvitationList key={`mail-${sent.value}`} workspace={workspace.id} />
      <LinkList key={`link-${sent.value}`} workspace={workspace.id} />
      {asking.value === 'mail' && <InviteDialog {...dialog} />}
      {asking.value === 'import' && <ImportDialog {...dialog} />}
      {asking.value === 'link' && (
        <LinkDialog workspace={workspace} onMade={again(sent)} onClose={close} />
      )}
      {member && (
        <MemberDrawer
          key={member}
          workspace={workspace}
          memberId={member}
          onChanged={again(changed)}
          onClose={() => putInAddress({ member: null })}
        />
      )}
    </AdminFrame>
  );
}
