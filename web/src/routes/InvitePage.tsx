import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { InvitationPreview } from '../api/types';
import { signOut, user } from '../features/accounts/session';
import {
  accept,
  forgetInvitationToken,
  preview,
  takeInvitationToken,
} from '../features/invitations/invitations';
import { roleName } from '../features/members/roles';
import { text } from '../i18n';
import { paths } from '../paths';
import { go } from '../router';
import { Button } from '../ui/Button';
import { SoundField } from '../ui/Logo';
import { ProblemNotice } from '../ui/Notice';
import { PageTitle, Skeleton } from '../ui/Page';
import { useTask } from '../ui/useTask';
import { PublicFrame } from './PublicFrame';

export function InvitePage() {
  const t = text.value;
  const token = useSignal<string | null>(null);
  const found = useSignal<InvitationPreview | null>(null);
  const looking = useTask();
  const accepting = useTask();
  useEffect(() => {
    const look = () => {
      token.value = takeInvitationToken();
      const taken = token.value;
      if (!taken) return;
      void looking.run(async () => {
        found.value = await preview(taken);
      });
    };
    look();
    addEventListener('hashchange', look);
    return () => removeEventListener('hashchange', look);
  }, []);
  const enter = () =>
    accepting.run(async () => {
      const { id } = await accept(token.value ?? '');
      forgetInvitationToken();
      go(paths.workspace(id), { replace: true });
    });
  return (
    <PublicFrame>
      <section class="card card-invite">
        <SoundField />
        {token.value === null ? (
          <>
            <PageTitle title={t.acceptNoToken} />
            <p class="lead">{t.acceptNoTokenDetail}</p>
          </>
        ) : found.value ? (
          <Invitation found={found.value} accepting={accepting} onAccept={() => void enter()} />
        ) : looking.problem.value ? (
          <>
            <PageTitle title={looking.problem.value.title || t.invite} />
            <ProblemNotice problem={looking.problem.value} />
            <a class="button button-plain" href={paths.home}>
              {t.toStart}
            </a>
          </>
        ) : (
          <Skeleton label={t.loading} />
        )}
      </section>
    </PublicFrame>
  );
}

interface Props {
  found: InvitationPreview;
  accepting: ReturnType<typeof useTask>;
  onAccept: () => void;
}

function Invitation({ found, accepting, onAccept }: Props) {
  const t = text.value;
  const who = user.value;
  return (
    <>
      <PageTitle title={t.acceptTitle(found.workspace_name)} />
      <p class="lead">{t.acceptLead(found.inviter_name, roleName(found.role, t))}</p>
      {found.email && <p class="quiet">{t.acceptFor(found.email)}</p>}
      <ProblemNotice problem={accepting.problem.value} />
      {who ? (
        <>
          <Button kind="primary" busy={accepting.busy.value} onClick={onAccept}>
            {t.acceptDo}
          </Button>
          {found.email && who.email.toLowerCase() !== found.email.toLowerCase() && (
            <p class="quiet">
              {t.acceptOtherAccount(who.email)}{' '}
              <button type="button" class="link" onClick={() => void signOut()}>
                {t.signOut}
              </button>
            </p>
          )}
        </>
      ) : (
        <div class="stack">
          <a class="button button-primary" href={paths.signUpAndReturn(paths.invite)}>
            {t.acceptSignUp}
          </a>
          <a class="button button-plain" href={paths.signInAndReturn(paths.invite)}>
            {t.acceptSignIn}
          </a>
        </div>
      )}
    </>
  );
}
