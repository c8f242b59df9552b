/**
 * Tests that write thousands of times import this file for its effect: their files are in memory when the system has a
 * folder for that. Other tests check what survives a crash, so here nothing is gained by waiting for the disk.
 */
import { existsSync } from 'node:fs';

if (existsSync('/dev/shm')) process.env.TMPDIR = '/dev/shm';
