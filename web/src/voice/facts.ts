/** What browser and media node agreed on, as the browser reports it. */
export interface ConnectionFacts {
  readonly dtls: string | null;
  readonly cipher: string | null;
  readonly srtp: string | null;
  readonly roundTripMs: number | null;
  /** Part of the packets that should have come and did not, from 0 to 1. */
  readonly loss: number | null;
  /** The kind of the local address and the protocol, such as `host · UDP`. */
  readonly path: string | null;
  readonly codec: string | null;
}

export const nothingKnown: ConnectionFacts = {
  dtls: null,
  cipher: null,
  srtp: null,
  roundTripMs: null,
  loss: null,
  path: null,
  codec: null,
};

/** How good a line is by our own measure, for as long as the media node has not judged it. */
export function qualityOf({ roundTripMs, loss }: ConnectionFacts): Quality {
  if (roundTripMs === null) return 'unknown';
  if (roundTripMs > 400 || (loss ?? 0) > 0.08) return 'poor';
  if (roundTripMs > 150 || (loss ?? 0) > 0.02) return 'good';
  return 'excellent';
}

export type Quality = 'excellent' | 'good' | 'poor' | 'lost' | 'unknown';

const DTLS: Record<string, string> = { FEFF: 'DTLS 1.0', FEFD: 'DTLS 1.2', FEFC: 'DTLS 1.3' };

type Entry = Record<string, unknown> & { type: string };

/** Reads the facts out of a WebRTC statistics report. */
export function factsFrom(report: Iterable<[string, unknown]> | undefined): ConnectionFacts {
  if (!report) return nothingKnown;
  const byId = new Map([...report] as Array<[string, Entry]>);
  const entries = [...byId.values()];
  const transport = entries.find((entry) => entry.type === 'transport');
  const pair = byId.get(String(transport?.selectedCandidatePairId));
  const local = byId.get(String(pair?.localCandidateId));
  const version = text(transport?.tlsVersion)?.toUpperCase() ?? null;
  return {
    dtls: version && (DTLS[version] ? `${DTLS[version]} (${version})` : version),
    cipher: text(transport?.dtlsCipher),
    srtp: text(transport?.srtpCipher),
    roundTripMs: seconds(pair?.currentRoundTripTime),
    loss: lossOf(entries),
    path: local ? `${local.candidateType} · ${String(local.protocol).toUpperCase()}` : null,
    codec: codecOf(entries, byId),
  };
}

const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

const seconds = (value: unknown): number | null =>
  typeof value === 'number' ? value * 1000 : null;

function lossOf(entries: Entry[]): number | null {
  const inbound = entries.filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio');
  const sum = (key: string) => inbound.reduce((all, entry) => all + (Number(entry[key]) || 0), 0);
  const lost = Math.max(0, sum('packetsLost'));
  const expected = lost + sum('packetsReceived');
  return expected > 0 ? lost / expected : null;
}

function codecOf(entries: Entry[], byId: Map<string, Entry>): string | null {
  const stream =
    entries.find(({ type, kind }) => type === 'outbound-rtp' && kind === 'audio') ??
    entries.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio');
  return text(byId.get(String(stream?.codecId))?.mimeType);
}
