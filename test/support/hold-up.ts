/** Blocks the event loop for this many milliseconds, as a long garbage collection or a busy machine does. */
export function holdUp(time: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, time);
}
