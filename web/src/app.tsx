import type { ComponentChildren } from 'preact';
import { StepUp } from './features/accounts/StepUp';
import {
  askWho,
  farewell,
  session,
  strongerWanted,
  unreachable,
  user,
} from './features/accounts/session';
import { text } from './i18n';
import { paths } from './paths';
import { match, path, query } from './router';
import { LandingPage } from './routes/LandingPage';
import {
  AccountPage,
  ConfirmPage,
  FarewellPage,
  ForgotPage,
  InvitePage,
  JoinPage,
  ProvePage,
  ResetPage,
  SignUpPage,
  WorkspacesPage,
} from './routes/lazyPages';
import { NotFoundPage } from './routes/NotFoundPage';
import { PublicFrame } from './routes/PublicFrame';
import { Redirect } from './routes/Redirect';
import { SignInPage } from './routes/SignInPage';
import { StartPage } from './routes/StartPage';
import { workspaceRoute } from './routes/workspaceRoutes';
import { Button } from './ui/Button';
import { ProblemNotice } from './ui/Notice';
import { Skeleton } from './ui/Page';
import { Toaster } from './ui/Toast';

const outside = (page: ComponentChildren) => <PublicFrame>{page}</PublicFrame>;

/** Every address of the application on one page. */
function Route(): ComponentChildren {
  const at = path.value;
  const who = user.value;
  if (farewell.value) return outside(<FarewellPage {...farewell.value} />);
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
  if (match(paths.reset, at)) return outside(<ResetPage />);
  if (match(paths.join, at)) return outside(<JoinPage />);
  if (who && (session.value?.stage !== 'full' || strongerWanted.value)) {
    return outside(<ProvePage />);
  }
  if (match(paths.invite, at)) return <InvitePage />;
  if (who === null) {
    if (match('', at)) return <LandingPage />;
    if (match(paths.signIn, at)) return <SignInPage />;
    if (match(paths.signUp, at)) return <SignUpPage />;
    if (match(paths.forgot, at)) return outside(<ForgotPage />);
    if (match(paths.confirm, at)) return <ConfirmPage />;
    const back = at + (query.value.size ? `?${query.value}` : '');
    return <Redirect to={paths.signInAndReturn(back)} />;
  }
  const done = [paths.signIn, paths.signUp, paths.confirm, paths.forgot];
  if (match('', at) || done.some((to) => match(to, at))) return <StartPage />;
  if (match(paths.workspaces, at)) return <WorkspacesPage />;

  if (match(paths.account, at) || match('/account/:section', at)) {
    return (
      <PublicFrame wide>
        <AccountPage at={at} />
      </PublicFrame>
    );
  }
  const inWorkspace = workspaceRoute(at);
  return inWorkspace ?? <NotFoundPage />;
}

export const App = () => (
  <>
    <Route />
    <StepUp />
    <Toaster />
  </>
);
