/** Runs a task `count` times, `size` of them at once. A batch begins when the one before has ended. */
export async function inBatches(
  count: number,
  size: number,
  task: (index: number) => Promise<void>,
): Promise<void> {
  for (let done = 0; done < count; done += size) {
    const batch = Array.from({ length: Math.min(size, count - done) }, (_, n) => task(done + n));
    await Promise.all(batch);
  }
}
