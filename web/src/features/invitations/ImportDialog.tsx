import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { ImportedLine } from '../../api/adminViews';
import type { Workspace } from '../../api/types';
import { text } from '../../i18n';
import { type AdminText, adminText } from '../../i18n/admin';
import { Button } from '../../ui/Button';
import { DataTable } from '../../ui/DataTable';
import { Dialog } from '../../ui/Dialog';
import { download } from '../../ui/download';
import { Form } from '../../ui/Form';
import { useTask } from '../../ui/useTask';
import { decodeSheet, importInvitations, linesIn, MOST_LINES } from './links';

const TEMPLATE = '\uFEFFemail,display_name,role\r\naoi@example.com,青井 葵,member\r\n';

/** Why a line was refused, in words where we have them. */
export const reasonIn = (reason: string | null | undefined, a: AdminText): string =>
  ({
    'already-a-member': a.reasonMember,
    'already-member': a.reasonMember,
    'invitation-pending': a.reasonPending,
    'already-invited': a.reasonPending,
    'domain-not-allowed': a.reasonDomain,
    'guests-not-allowed': a.reasonGuests,
    'role-not-grantable': a.reasonRole,
    'too-many-requests': a.reasonTooMany,
    'email-invalid': a.reasonEmail,
    'fields-invalid': a.reasonFields,
    'invalid-fields': a.reasonFields,
  })[reason ?? ''] ?? a.reasonOther(reason ?? '');

interface Props {
  workspace: Workspace;
  onSent: () => void;
  onClose: () => void;
}

/** Invites up to 200 people from a spreadsheet, and says line by line what came of it. */
export function ImportDialog({ workspace, onSent, onClose }: Props) {
  const t = text.value;
  const a = adminText.value;
  const id = useId();
  const sheet = useSignal<string | null>(null);
  const done = useSignal<readonly ImportedLine[] | null>(null);
  const task = useTask();
  const lines = sheet.value === null ? 0 : linesIn(sheet.value);
  const fits = lines > 0 && lines <= MOST_LINES;
  const results = done.value;
  if (results) {
    const invited = results.filter(({ outcome }) => outcome === 'invited').length;
    return (
      <Dialog title={a.importDone} onClose={onClose}>
        <div class="stack">
          <p role="status">{a.importCounts(invited, results.length - invited)}</p>
          <DataTable
            caption={a.importDone}
            rows={results}
            keyOf={({ line }) => line}
            marked={({ outcome }) => outcome === 'refused'}
            columns={[
              { label: a.importLine, cell: ({ line }) => line, tight: true },
              { label: t.email, cell: ({ email }) => email },
              {
                label: a.importOutcome,
                cell: ({ outcome, reason }) =>
                  outcome === 'invited' ? a.importInvited : reasonIn(reason, a),
              },
            ]}
          />
          <div class="dialog-actions">
            <Button kind="primary" onClick={onClose}>
              {t.close}
            </Button>
          </div>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={a.importTitle} lead={a.importLead(MOST_LINES)} onClose={onClose}>
      <Form
        task={task}
        onSubmit={async () => {
          if (sheet.value === null || !fits) return;
          done.value = await importInvitations(workspace.id, sheet.value);
          onSent();
        }}
      >
        <div class="field">
          <label for={id}>{a.importFile}</label>
          <input
            id={id}
            type="file"
            accept=".csv,text/csv"
            aria-describedby={`${id}-said`}
            onChange={async (event) => {
              const file = event.currentTarget.files?.[0];
              sheet.value = file ? decodeSheet(await file.arrayBuffer()) : null;
            }}
          />
          <p id={`${id}-said`} class={sheet.value !== null && !fits ? 'field-error' : 'field-hint'}>
            {sheet.value === null
              ? a.importHeader
              : lines > MOST_LINES
                ? a.importTooMany(lines, MOST_LINES)
                : a.importLines(lines)}
          </p>
        </div>
        <Button
          small
          onClick={() =>
            download('invitations.csv', new Blob([TEMPLATE], { type: 'text/csv;charset=utf-8' }))
          }
        >
          {a.importTemplate}
        </Button>
        <div class="dialog-actions">
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button kind="primary" type="submit" busy={task.busy.value} disabled={!fits}>
            {a.importDo}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
