/**
 * Imported for its effect by tests that write thousands of times: their files lie in memory, where there
 * is such a place. What survives a crash is tested elsewhere; waiting for the disk says nothing here.
 */
import { existsSync } from 'node:fs';

if (existsSync('/dev/shm')) process.env.TMPDIR = '/dev/shm';
