import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { hashSync, verifySync, type Options } from '@node-rs/argon2';

export type HashJob =
  | { kind: 'hash'; password: string; cost: Options }
  | { kind: 'verify'; password: string; passwordHash: string };

export type HashResult = { value: string | boolean } | { fault: string };

// On Linux a priority is a thread's own: whenever a page wants the core, hashing waits. Elsewhere it is the whole process's.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

parentPort!.on('message', (job: HashJob) => {
  parentPort!.postMessage(perform(job));
});

function perform(job: HashJob): HashResult {
  try {
    return {
      value:
        job.kind === 'hash'
          ? hashSync(job.password, job.cost)
          : verifySync(job.passwordHash, job.password),
    };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}
