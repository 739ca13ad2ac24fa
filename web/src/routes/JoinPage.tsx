import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { InvitationPreview } from '../api/types';
import { joinByInvitation, previewInvitation } from '../features/accounts/joining';
import { NewPasswordFields } from '../features/accounts/NewPasswordFields';
import { signOut, user } from '../features/accounts/session';
import { text } from '../i18n';
import { accountText } from '../i18n/account';
import { paths } from '../paths';
import { go } from '../router';
import { Button } from '../ui/Button';
import { Field } from '../ui/Field';
import { Form } from '../ui/Form';
import { fragmentSecret } from '../ui/fragment';
import { ProblemNotice } from '../ui/Notice';
import { PageTitle, Skeleton } from '../ui/Page';
import { useTask } from '../ui/useTask';

const link = fragmentSecret('koeba.join');

/** Where somebody without an account arrives who was invited by name: one page, and they are in. */
export function JoinPage() {
  const t = accountText.value;
  const token = useSignal<string | null>(null);
  const found = useSignal<InvitationPreview | null>(null);
  const looking = useTask();
  useEffect(() => {
    const look = () => {
      token.value = link.take();
      const taken = token.value;
      if (!taken) return;
      void looking.run(async () => {
        found.value = await previewInvitation(taken);
      });
    };
    look();
    addEventListener('hashchange', look);
    return () => removeEventListener('hashchange', look);
  }, []);
  if (token.value === null) {
    return (
      <section class="card">
        <PageTitle key="end" title={t.linkIncomplete} />
        <p class="lead">{t.linkIncompleteDo}</p>
      </section>
    );
  }
  if (!found.value) {
    return (
      <section class="card">
        {looking.problem.value ? (
          <>
            <PageTitle title={looking.problem.value.title || text.value.invite} />
            <ProblemNotice problem={looking.problem.value} />
            <a class="button button-plain" href={paths.home}>
              {text.value.toStart}
            </a>
          </>
        ) : (
          <Skeleton label={text.value.loading} />
        )}
      </section>
    );
  }
  return <Join key={token.value} token={token.value} found={found.value} />;
}

function Join({ token, found }: { token: string; found: InvitationPreview }) {
  const t = accountText.value;
  const who = user.value;
  const suggested = found.suggested_name;
  const name = useSignal(suggested ?? '');
  const password = useSignal('');
  const task = useTask();
  const errors = task.problem.value?.fields ?? {};
  return (
    <section class="card">
      <PageTitle title={t.joinTitle(found.workspace_name)} />
      <p class="lead">{t.joinLead(found.inviter_name)}</p>
      {found.email && <p class="quiet">{t.joinFor(found.email)}</p>}
      {who && (
        <p class="quiet">
          {t.joinSignedIn(who.email)}{' '}
          <button type="button" class="link" onClick={() => void signOut({ stay: true })}>
            {text.value.signOut}
          </button>
        </p>
      )}
      <Form
        task={task}
        fields={['display_name', 'password']}
        onSubmit={async () => {
          await joinByInvitation(token, name.value.trim(), password.value);
          link.forget();
          go(paths.home, { replace: true });
        }}
      >
        <Field
          label={text.value.yourName}
          hint={text.value.yourNameHint}
          value={name}
          error={errors.display_name}
          name="name"
          autocomplete="name"
          required
        />
        <NewPasswordFields
          label={text.value.password}
          password={password}
          error={errors.password}
          email={found.email ?? ''}
          name={name}
        />
        <Button kind="primary" type="submit" busy={task.busy.value}>
          {t.joinDo}
        </Button>
      </Form>
      <p class="card-foot">
        {t.joinHave} <a href={`${paths.invite}#${token}`}>{text.value.acceptSignIn}</a>
      </p>
    </section>
  );
}
