import { encode } from 'uqr';

/** The free rim that a camera needs around the code. */
const RIM = 4;

/** A QR code drawn here, so that what it says goes to nobody: dark on light, in either theme. */
export function QrCode({ of, label }: { of: string; label: string }) {
  const { data, size } = encode(of, { ecc: 'M', border: 0 });
  const side = size + 2 * RIM;
  const path = data
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + RIM} ${y + RIM}h1v1h-1z` : '')))
    .join('');
  return (
    <svg class="qr" viewBox={`0 0 ${side} ${side}`} role="img" aria-label={label}>
      <rect width={side} height={side} fill="#fff" />
      <path d={path} fill="#000" shape-rendering="crispEdges" />
    </svg>
  );
}
