import { Worker } from 'node:worker_threads';
import type { HashJob, HashResult } from './hash-worker.ts';

/** Threads of low priority, started when there is work for one more. One that dies fails its job and is not missed. */
export function createHashWorkers() {
  const all = new Set<Worker>();
  const idle: Worker[] = [];
  const causes = new WeakMap<Worker, Error>();

  function start(): Worker {
    const worker = new Worker(new URL('./hash-worker.ts', import.meta.url));
    all.add(worker);
    // Without a listener it would end the process. An exit follows.
    worker.on('error', (cause) => void causes.set(worker, cause as Error));
    worker.on('exit', () => {
      all.delete(worker);
      const at = idle.indexOf(worker);
      if (at >= 0) idle.splice(at, 1);
    });
    return worker;
  }

  function run(job: HashJob): Promise<string | boolean> {
    const worker = idle.pop() ?? start();
    worker.ref();
    return new Promise((resolve, reject) => {
      function onMessage(message: HashResult | object) {
        // Under `node --watch` a worker also tells Node on this channel which files it has loaded.
        if (!isResult(message)) return;
        worker.off('message', onMessage);
        worker.off('exit', onExit);
        // A process may end while nothing is hashed.
        worker.unref();
        idle.push(worker);
        if ('value' in message) resolve(message.value);
        else reject(new Error(message.fault));
      }
      function onExit() {
        worker.off('message', onMessage);
        const cause = causes.get(worker);
        reject(new Error('A hash worker ended in the middle of its work.', { cause }));
      }
      worker.on('message', onMessage);
      worker.once('exit', onExit);
      worker.postMessage(job);
    });
  }

  return {
    /** @throws {Error} for a hash that is none, or when the thread dies */
    run,
    async close(): Promise<void> {
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
}

function isResult(message: object): message is HashResult {
  return 'value' in message || 'fault' in message;
}
