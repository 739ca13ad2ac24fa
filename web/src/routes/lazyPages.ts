import { lazy } from '../ui/lazy';

// One line per page outside the shell. What these files import comes when somebody goes there.
export const SignUpPage = lazy(() => import('./SignUpPage').then((page) => page.SignUpPage));
export const ConfirmPage = lazy(() => import('./ConfirmPage').then((page) => page.ConfirmPage));
export const MembersPage = lazy(() => import('./MembersPage').then((page) => page.MembersPage));
export const InvitePage = lazy(() => import('./InvitePage').then((page) => page.InvitePage));
export const WorkspacesPage = lazy(() =>
  import('./WorkspacesPage').then((page) => page.WorkspacesPage),
);
export const AccountPage = lazy(() => import('./AccountPage').then((page) => page.AccountPage));
export const FarewellPage = lazy(() => import('./FarewellPage').then((page) => page.FarewellPage));
export const ForgotPage = lazy(() => import('./ForgotPage').then((page) => page.ForgotPage));
export const JoinPage = lazy(() => import('./JoinPage').then((page) => page.JoinPage));
export const ProvePage = lazy(() => import('./ProvePage').then((page) => page.ProvePage));
export const ResetPage = lazy(() => import('./ResetPage').then((page) => page.ResetPage));
export const PolicyPage = lazy(() => import('./PolicyPage').then((page) => page.PolicyPage));
export const AuditPage = lazy(() => import('./AuditPage').then((page) => page.AuditPage));
export const FindingsPage = lazy(() => import('./FindingsPage').then((page) => page.FindingsPage));
export const ReviewsPage = lazy(() => import('./ReviewsPage').then((page) => page.ReviewsPage));
export const ReviewPage = lazy(() => import('./ReviewPage').then((page) => page.ReviewPage));
export const SettingsPage = lazy(() => import('./SettingsPage').then((page) => page.SettingsPage));
