import { readConfig } from '../../src/settings/config.ts';
import { createApp } from '../../src/app.ts';
import type { ListedRoute } from '../../src/http/route-list.ts';
import { temporaryFolder } from './folder.ts';
import { productionSettings } from './production.ts';
import { SECRET } from './shop.ts';

await using folder = await temporaryFolder();
const app = await createApp(
  readConfig({ ...productionSettings, DATA_DIR: folder.file('.'), SECRET_KEY: SECRET }),
);
await app.ready();

/** Every route that production has, as Fastify registered it, without files and without HEAD. */
export const listedRoutes: ListedRoute[] = app.routeList.filter(
  ({ method, config }) => method !== 'HEAD' && !config.staticFile,
);
await app.close();
