import { useSignal } from '@preact/signals';
import { mayManage, type Workspace } from '../api/types';
import { InvitationList } from '../features/invitations/InvitationList';
import { InviteDialog } from '../features/invitations/InviteDialog';
import { MemberTable } from '../features/members/MemberTable';
import { text } from '../i18n';
import { Button } from '../ui/Button';
import { PageTitle } from '../ui/Page';

export function MembersPage({ workspace }: { workspace: Workspace }) {
  const t = text.value;
  const inviting = useSignal(false);
  /** Rises when an invitation was sent, so that the list reads itself again. */
  const sent = useSignal(0);
  const manages = mayManage(workspace.role);
  return (
    <div class="page">
      <div class="page-head">
        <PageTitle title={t.members} />
        {manages && (
          <Button
            kind="primary"
            icon="mail"
            onClick={() => {
              inviting.value = true;
            }}
          >
            {t.invite}
          </Button>
        )}
      </div>
      <MemberTable workspace={workspace.id} />
      {manages && <InvitationList key={sent.value} workspace={workspace.id} />}
      {inviting.value && (
        <InviteDialog
          workspace={workspace}
          onSent={() => {
            sent.value += 1;
          }}
          onClose={() => {
            inviting.value = false;
          }}
        />
      )}
    </div>
  );
}
