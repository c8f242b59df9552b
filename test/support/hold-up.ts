/** Keeps the event loop from turning, as a long collection of garbage or a busy machine does. In milliseconds. */
export function holdUp(time: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, time);
}
