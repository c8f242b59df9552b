import { existsSync, statSync } from 'node:fs';
import plugin from 'fastify-plugin';
import type { BrokenFile } from '../lib/data-unavailable.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Logs that a file is damaged or gone. */
    reportBrokenFile(error: BrokenFile): void;
  }
}

/**
 * Says in the log what is wrong with the files of the shop.
 * @param files the SQLite files, before they are opened
 */
export default plugin<{ files: string[] }>(
  async (app, { files }) => {
    const isNewShop = files.every((file) => !hasTraces(file));
    for (const file of files.filter((each) => !sizeOf(each))) {
      const details = { event: 'data_file_created', file };
      if (isNewShop) {
        app.log.info(details, `${file} is created for a new shop`);
        continue;
      }
      const fault = sizeOf(file) === 0 ? 'is empty' : 'does not exist';
      app.log.warn(
        details,
        `${file} ${fault}, so the shop begins without the data in it; if there was any, stop the shop and restore a backup`,
      );
    }

    app.decorate('reportBrokenFile', (error: BrokenFile) => {
      const { file, cause, message } = error;
      app.log.error(
        { event: 'data_file_broken', file, ...(cause instanceof Error && { err: cause }) },
        message,
      );
    });
  },
  { name: 'data-files' },
);

/** Returns true when the file was there before. The lock of the database stays when the database is deleted. */
function hasTraces(file: string): boolean {
  return [file, `${file}.lock`, `${file}-wal`].some((each) => existsSync(each));
}

/** In bytes. @returns undefined for a file that does not exist */
function sizeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.size;
}
