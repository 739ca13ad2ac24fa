import type { ComponentChildren } from 'preact';
import { askWho, unreachable, user } from './features/accounts/session';
import { text } from './i18n';
import { paths } from './paths';
import { match, path, query } from './router';
import { InvitePage } from './routes/InvitePage';
import { LandingPage } from './routes/LandingPage';
import { ConfirmPage, SignUpPage } from './routes/lazyPages';
import { NotFoundPage } from './routes/NotFoundPage';
import { PublicFrame } from './routes/PublicFrame';
import { Redirect } from './routes/Redirect';
import { SignInPage } from './routes/SignInPage';
import { StartPage } from './routes/StartPage';
import { workspaceRoute } from './routes/workspaceRoutes';
import { WorkspacesPage } from './routes/WorkspacesPage';
import { Button } from './ui/Button';
import { ProblemNotice } from './ui/Notice';
import { Skeleton } from './ui/Page';
import { Toaster } from './ui/Toast';

/** Every address of the application on one page. */
function Route(): ComponentChildren {
  const at = path.value;
  const who = user.value;
  if (unreachable.value) {
    return (
      <PublicFrame>
        <ProblemNotice problem={unreachable.value}>
          <Button small onClick={() => void askWho()}>
            {text.value.retry}
          </Button>
        </ProblemNotice>
      </PublicFrame>
    );
  }
  if (who === undefined) {
    return (
      <PublicFrame>
        <Skeleton label={text.value.loading} />
      </PublicFrame>
    );
  }
  if (match(paths.invite, at)) return <InvitePage />;
  if (who === null) {
    if (match('', at)) return <LandingPage />;
    if (match(paths.signIn, at)) return <SignInPage />;
    if (match(paths.signUp, at)) return <SignUpPage />;
    if (match(paths.confirm, at)) return <ConfirmPage />;
    const back = at + (query.value.size ? `?${query.value}` : '');
    return <Redirect to={paths.signInAndReturn(back)} />;
  }
  if (match('', at) || [paths.signIn, paths.signUp, paths.confirm].some((to) => match(to, at))) {
    return <StartPage />;
  }
  if (match(paths.workspaces, at)) return <WorkspacesPage />;

  const inWorkspace = workspaceRoute(at);
  return inWorkspace ?? <NotFoundPage />;
}

export const App = () => (
  <>
    <Route />
    <Toaster />
  </>
);
