import { encodeQR } from 'qr';

/** A QR code for an SVG whose unit is one module, that is one small square of the code. */
export interface QrCode {
  /** The number of modules on each side. */
  size: number;
  /** The path data of the dark modules. */
  path: string;
}

/** The number of light modules on each side, so that a camera finds the edge (ISO/IEC 18004, 9.1). */
const QUIET_ZONE = 4;

/** Returns path data and not markup, because a template would have to print markup without escaping it. */
export function drawQrCode(text: string): QrCode {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: QUIET_ZONE });
  return {
    size: rows.length,
    path: rows
      .flatMap((row, y) => darkRuns(row).map(([x, n]) => `M${x} ${y}h${n}v1h-${n}z`))
      .join(''),
  };
}

/** Returns the start and the length of each run of dark modules. */
function darkRuns(row: boolean[]): [start: number, length: number][] {
  const runs: [number, number][] = [];
  row.forEach((dark, x) => {
    const last = runs.at(-1);
    if (!dark) return;
    if (last && last[0] + last[1] === x) last[1] += 1;
    else runs.push([x, 1]);
  });
  return runs;
}
