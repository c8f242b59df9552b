import { basename, dirname } from 'node:path';
import plugin from 'fastify-plugin';
import { makeFolderPrivate } from '../lib/private-files.ts';
import type { Config } from '../settings/config.ts';

/** The beginnings of the names of our files. */
const OURS = ['satchel.db', 'state.db', 'secret-key'];

/** Lets nobody but the app enter the folders of its data, or warns where that is not for the app to decide. */
export default plugin<{ config: Config }>(
  async (app, { config: { databaseFile, stateFile } }) => {
    const ours = [...OURS, basename(databaseFile)];
    const isOurs = (name: string) => ours.some((beginning) => name.startsWith(beginning));
    for (const folder of new Set([dirname(databaseFile), dirname(stateFile)])) {
      if (makeFolderPrivate(folder, isOurs)) continue;
      app.log.warn(
        { event: 'folder_open', folder },
        `others on this machine may enter ${folder}, where our data is; give the app a folder of its own, or run: chmod 700 ${folder}`,
      );
    }
  },
  { name: 'data-folders' },
);
