import { constants, setPriority } from 'node:os';
import { hashSync, verifySync, type Options } from '@node-rs/argon2';

export type HashJob =
  | { kind: 'hash'; password: string; cost: Options }
  | { kind: 'verify'; password: string; passwordHash: string };

// On Linux each thread has a priority of its own, so hashing waits whenever a page needs the core. On other systems the
// priority would apply to the whole process.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

/** Runs in a thread of the pool. */
export default function perform(job: HashJob): string | boolean {
  return job.kind === 'hash'
    ? hashSync(job.password, job.cost)
    : verifySync(job.passwordHash, job.password);
}
