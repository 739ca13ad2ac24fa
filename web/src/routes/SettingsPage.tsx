import type { Workspace } from '../api/types';
import { DeletionPanel } from '../features/workspaces/DeletionPanel';
import { OwnershipPanel } from '../features/workspaces/OwnershipPanel';
import { RenamePanel } from '../features/workspaces/RenamePanel';
import { adminText } from '../i18n/admin';
import { AdminFrame } from './AdminFrame';

export function SettingsPage({ workspace }: { workspace: Workspace }) {
  const a = adminText.value;
  return (
    <AdminFrame workspace={workspace} title={a.settings}>
      <RenamePanel key={workspace.id} workspace={workspace} />
      {workspace.role === 'owner' ? (
        <>
          <OwnershipPanel workspace={workspace} />
          <DeletionPanel workspace={workspace} />
        </>
      ) : (
        <p class="quiet">{a.ownerOnly}</p>
      )}
    </AdminFrame>
  );
}
