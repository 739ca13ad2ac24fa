import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ReviewView } from '../api/adminViews';
import { mayManage, type Workspace } from '../api/types';
import { readReviews } from '../features/reviews/reviews';
import { StartReviewDialog } from '../features/reviews/StartReviewDialog';
import { locale, text } from '../i18n';
import { adminText } from '../i18n/admin';
import { formatDay } from '../i18n/format';
import { paths } from '../paths';
import { go } from '../router';
import { Button } from '../ui/Button';
import { DataTable } from '../ui/DataTable';
import { ProblemNotice } from '../ui/Notice';
import { Skeleton } from '../ui/Page';
import { useTask } from '../ui/useTask';
import { AdminFrame } from './AdminFrame';

export function ReviewsPage({ workspace }: { workspace: Workspace }) {
  const t = text.value;
  const a = adminText.value;
  const found = useSignal<readonly ReviewView[] | null>(null);
  const starting = useSignal(false);
  const task = useTask();
  const load = () =>
    task.run(async () => {
      found.value = await readReviews(workspace.id);
    });
  useEffect(() => {
    if (mayManage(workspace.role)) void load();
  }, [workspace.id]);
  return (
    <AdminFrame
      workspace={workspace}
      title={a.reviews}
      lead={a.reviewsLead}
      actions={
        <Button kind="primary" icon="plus" onClick={() => void (starting.value = true)}>
          {a.reviewStart}
        </Button>
      }
    >
      <ProblemNotice problem={task.problem.value}>
        <Button small onClick={() => void load()}>
          {t.retry}
        </Button>
      </ProblemNotice>
      {!found.value && !task.problem.value && <Skeleton label={t.loading} />}
      {found.value?.length === 0 && <p>{a.reviewsNone}</p>}
      {found.value && found.value.length > 0 && (
        <DataTable
          caption={a.reviews}
          rows={found.value}
          keyOf={({ id }) => id}
          columns={[
            {
              label: a.reviewTitle,
              cell: ({ id, title }) => <a href={paths.review(workspace.id, id)}>{title}</a>,
            },
            {
              label: a.state,
              cell: (review) =>
                review.state === 'completed'
                  ? a.reviewCompleted
                  : isOverdue(review)
                    ? a.reviewOverdue
                    : a.reviewOpen,
            },
            {
              label: a.reviewProgress,
              cell: ({ counts }) => a.reviewDecided(counts.decided, counts.total),
            },
            {
              label: a.reviewStarted,
              cell: ({ started_at }) => formatDay(locale.value, started_at),
            },
            { label: a.reviewDue, cell: ({ due_at }) => formatDay(locale.value, due_at) },
          ]}
        />
      )}
      {starting.value && (
        <StartReviewDialog
          workspace={workspace.id}
          onStarted={({ id }) => go(paths.review(workspace.id, id))}
          onClose={() => {
            starting.value = false;
          }}
        />
      )}
    </AdminFrame>
  );
}

const isOverdue = ({ overdue, state, due_at }: ReviewView): boolean =>
  overdue ?? (state === 'open' && new Date(due_at) < new Date());
