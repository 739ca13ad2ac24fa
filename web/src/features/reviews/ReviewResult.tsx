import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ReviewDetail, ReviewResult as Result } from '../../api/adminViews';
import type { Workspace } from '../../api/types';
import { locale, text } from '../../i18n';
import { adminText } from '../../i18n/admin';
import { formatExact } from '../../i18n/admin/format';
import { Button } from '../../ui/Button';
import { CopyButton } from '../../ui/CopyButton';
import { DataTable } from '../../ui/DataTable';
import { download } from '../../ui/download';
import { Facts } from '../../ui/Facts';
import { ProblemNotice } from '../../ui/Notice';
import { useTask } from '../../ui/useTask';
import { roleName } from '../members/roles';
import { countOf, exportResult, readResult } from './reviews';
import { decisionWords, nameOf, outcomeWords } from './words';

/** What came of a review, to be shown to an auditor: as a page, as a table, and signed. */
export function ReviewResult({
  workspace,
  review,
}: {
  workspace: Workspace;
  review: ReviewDetail;
}) {
  const t = text.value;
  const a = adminText.value;
  const result = useSignal<Result | null>(null);
  const task = useTask();
  useEffect(() => {
    void task.run(async () => {
      result.value = await readResult(workspace.id, review.id);
    });
  }, [review.id]);
  const by = review.items.find(({ user_id }) => user_id === review.completed_by);
  const { items } = review;
  return (
    <>
      <Facts
        label={a.reviewResult}
        facts={[
          [a.reviewStarted, formatExact(locale.value, review.started_at)],
          [
            a.reviewCompletedAt,
            review.completed_at ? formatExact(locale.value, review.completed_at) : a.unknown,
          ],
          [a.reviewCompletedBy, by ? nameOf(by) : (review.completed_by ?? a.unknown)],
          [
            a.reviewCounts,
            a.reviewCountWords(
              countOf(items, 'keep'),
              countOf(items, 'change'),
              countOf(items, 'remove'),
            ),
          ],
        ]}
      />
      <DataTable
        caption={a.reviewResult}
        rows={items}
        keyOf={({ user_id }) => user_id}
        columns={[
          {
            label: t.memberName,
            cell: (line) => (
              <span class="person-words">
                <span class="person-name">{nameOf(line)}</span>
                <span class="quiet">{line.email ?? a.belongsNoMore}</span>
              </span>
            ),
          },
          { label: t.role, tight: true, cell: (line) => roleName(line.role, t) },
          { label: a.decision, cell: (line) => decisionWords(line, a, t) },
          { label: a.outcome, cell: ({ outcome }) => (outcome ? outcomeWords(outcome, a) : '') },
          { label: a.note, cell: ({ note }) => note ?? '' },
        ]}
      />
      <section class="panel" aria-labelledby="signed">
        <h2 id="signed">{a.signedResult}</h2>
        <p class="quiet">{a.signedResultLead}</p>
        <ProblemNotice problem={task.problem.value} />
        {result.value && (
          <div class="certificate" tabIndex={0} role="region" aria-label="JWS">
            <CopyButton value={result.value.jws} label={t.copy} />
          </div>
        )}
        <div class="form-actions">
          <Button
            disabled={!result.value}
            onClick={() =>
              download(
                'access-review.json',
                new Blob([JSON.stringify(result.value, null, 2)], { type: 'application/json' }),
              )
            }
          >
            {a.saveSigned}
          </Button>
          <Button
            busy={task.busy.value}
            onClick={() => void task.run(() => exportResult(workspace.id, review.id))}
          >
            {a.exportCsv}
          </Button>
          <Button onClick={() => globalThis.print()}>{a.print}</Button>
        </div>
      </section>
    </>
  );
}
