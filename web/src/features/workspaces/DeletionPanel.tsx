import { useSignal } from '@preact/signals';
import type { DeletionView } from '../../api/adminViews';
import type { Workspace } from '../../api/types';
import { text } from '../../i18n';
import { adminText } from '../../i18n/admin';
import { paths } from '../../paths';
import { go } from '../../router';
import { Button } from '../../ui/Button';
import { Confirm } from '../../ui/Confirm';
import { CopyButton } from '../../ui/CopyButton';
import { Dialog } from '../../ui/Dialog';
import { download } from '../../ui/download';
import { Facts } from '../../ui/Facts';
import { Field } from '../../ui/Field';
import { ProblemNotice } from '../../ui/Notice';
import { Panel } from '../../ui/Panel';
import { useTask } from '../../ui/useTask';
import { webLink } from '../../ui/webLink';
import { saysDelete } from '../accounts/ownData';
import { rooms } from '../rooms/rooms';
import { type Contents, countContents, deleteWorkspace } from './settings';
import { loadWorkspaces } from './workspaces';

/** The end of a workspace: what goes is counted, and DELETE has to be typed. */
export function DeletionPanel({ workspace }: { workspace: Workspace }) {
  const a = adminText.value;
  const contents = useSignal<Contents | null>(null);
  const gone = useSignal<DeletionView | null>(null);
  const typed = useSignal('');
  const task = useTask();
  const open = () =>
    task.run(async () => {
      typed.value = '';
      contents.value = await countContents(workspace.id, rooms.value ?? undefined);
    });
  if (gone.value) return <Certificate workspace={workspace.name} {...gone.value} />;
  return (
    <Panel title={a.deletion} lead={a.deletionLead} tone="danger">
      <ProblemNotice problem={task.problem.value} />
      <div class="form-actions">
        <Button kind="danger" busy={task.busy.value} onClick={() => void open()}>
          {a.deletionOpen}
        </Button>
      </div>
      {contents.value && (
        <Confirm
          title={a.deletionTitle(workspace.name)}
          lead={a.deletionWarning}
          act={a.deletionDo}
          danger
          ready={saysDelete(typed.value)}
          onAct={async () => {
            gone.value = await deleteWorkspace(workspace.id);
          }}
          onClose={() => {
            contents.value = null;
          }}
        >
          <Facts
            label={a.deletionGoes}
            facts={[
              [text.value.members, text.value.membersCount(contents.value.members)],
              [text.value.rooms, String(contents.value.rooms)],
              [text.value.invitationsPending, String(contents.value.invitations)],
            ]}
          />
          <p class="quiet">{a.deletionStays}</p>
          <Field
            label={a.deletionType}
            value={typed}
            name="confirm"
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
          />
        </Confirm>
      )}
    </Panel>
  );
}

/** The signed proof; the workspace leaves the lists when this is closed. */
function Certificate({ workspace, certificate, url }: DeletionView & { workspace: string }) {
  const t = text.value;
  const a = adminText.value;
  const page = webLink(url);
  const leave = async () => {
    await loadWorkspaces().catch(() => undefined);
    go(paths.workspaces, { replace: true });
  };
  return (
    <Dialog
      title={a.deletionDone(workspace)}
      lead={a.deletionDoneLead}
      onClose={() => void leave()}
    >
      <div class="stack">
        <div class="certificate" tabIndex={0} role="region" aria-label={a.certificate}>
          <CopyButton value={certificate} label={t.copy} />
        </div>
        {page && (
          <a href={page} target="_blank" rel="noopener noreferrer">
            {a.certificatePage}
          </a>
        )}
        <div class="dialog-actions">
          <Button
            onClick={() =>
              download(
                'koeba-deletion-certificate.json',
                new Blob([JSON.stringify({ certificate, url }, null, 2)], {
                  type: 'application/json',
                }),
              )
            }
          >
            {a.certificateSave}
          </Button>
          <Button kind="primary" onClick={() => void leave()}>
            {t.close}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
