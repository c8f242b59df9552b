import { encodeQR } from 'qr';

/** For an SVG whose units are the code's modules: how many a side, and the outline of the dark ones. */
export interface QrCode {
  size: number;
  path: string;
}

/** Light modules all around, so that a camera finds the edge (ISO/IEC 18004, 9.1). */
const QUIET_ZONE = 4;

/** As path data and not as finished markup, which a template would have to print unescaped. */
export function drawQrCode(text: string): QrCode {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: QUIET_ZONE });
  return {
    size: rows.length,
    path: rows
      .flatMap((row, y) => darkRuns(row).map(([x, n]) => `M${x} ${y}h${n}v1h-${n}z`))
      .join(''),
  };
}

/** @returns start and length of each */
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
