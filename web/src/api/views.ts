import type { paths } from './generated';

type Answered<Operation, Status extends number> = Operation extends { responses: infer All }
  ? Status extends keyof All
    ? All[Status] extends { content: { 'application/json': infer Body } }
      ? Body
      : never
    : never
  : never;

/** Who is signed in, and how far the session is proven. */
export type SignedInView = Answered<paths['/api/me']['get'], 200>;
export type SessionView = SignedInView['session'];
export type SecondStepMethod = SessionView['methods'][number];
export type SecondStepsView = Answered<paths['/api/me/second-steps']['get'], 200>;
export type PasskeyView = SecondStepsView['passkeys'][number];
export type DeviceView = Answered<paths['/api/me/sessions']['get'], 200>['items'][number];

/** The proof of a deletion: the statement, and the same signed as a compact JWS. */
export type DeletionView = Answered<paths['/api/me/deletion']['post'], 200>;

/** What a browser's passkey helpers take and give: made by the server, only passed on here. */
export type PasskeyJson = Record<string, never>;
